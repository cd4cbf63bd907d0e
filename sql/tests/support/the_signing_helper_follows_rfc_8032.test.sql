-- The helper that plays the signers makes the signatures of RFC 8032, 7.1, TEST 1 to 3, and for
-- any message what the product's verifier accepts.

begin;
\ir helpers.sql
select plan(7);

select is(
    encode(ed25519_base_times(ed25519_scalar(secret_key(s.signer))), 'hex'),
    public_key(s.signer),
    'the public key of ' || s.signer
)
from unnest('{orchestrator,settlement,stranger}'::text[]) as s (signer);

select is(encode(ed25519_sign(secret_key(s.signer), s.message), 'hex'), s.signature, s.test)
from (values
    ('TEST 1', 'orchestrator', ''::bytea,
     'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155'
     '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'),
    ('TEST 2', 'settlement', '\x72',
     '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da'
     '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'),
    ('TEST 3', 'stranger', '\xaf82',
     '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac'
     '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a')
) as s (test, signer, message, signature);

select ok(
    private.ed25519_verify(
        decode(public_key('settlement'), 'hex'), 'a message',
        ed25519_sign(secret_key('settlement'), 'a message')
    ),
    'the verifier accepts what the helper signs'
);

select * from finish();
rollback;
