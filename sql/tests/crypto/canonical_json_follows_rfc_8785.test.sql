-- canonical_json writes what RFC 8785 writes, for the JSON that is hashed here, and refuses the
-- rest.

begin;
set local search_path = extensions, public;
select plan(31);

select is(private.canonical_json(value), text, name)
from (
    values
        ('null', 'null'::jsonb, 'null'),
        ('true', 'true', 'true'),
        ('false', 'false', 'false'),
        ('an empty object', '{}', '{}'),
        ('an empty array', '[]', '[]'),
        ('an empty string', '""', '""'),
        ('zero', '0', '0'),
        ('minus zero', '-0', '0'),
        ('an integer written as a decimal', '1.000', '1'),
        ('an integer written with an exponent', '1.5e3', '1500'),
        ('the largest integer', '9007199254740991', '9007199254740991'),
        ('the smallest integer', '-9007199254740991', '-9007199254740991'),
        ('no spaces', '{ "a" : [ 1 , { "b" : null } ] }', '{"a":[1,{"b":null}]}'),
        ('keys in order, not by length as in jsonb', '{"b":1,"aa":2}', '{"aa":2,"b":1}'),
        ('a prefix comes first', '{"ab":1,"a":2,"":3}', '{"":3,"a":2,"ab":1}'),
        ('capitals before small letters', '{"a":1,"B":2}', '{"B":2,"a":1}'),
        ('arrays keep their order', '["b","a",10,9]', '["b","a",10,9]'),
        (
            'nested keys',
            '{"z":{"y":1,"x":[{"d":4,"c":3}]},"a":{}}',
            '{"a":{},"z":{"x":[{"c":3,"d":4}],"y":1}}'
        ),
        (
            'some rules of a pot',
            '{"max_tickets":9,"entry_cost":5,"max_per_user":3,"draw_version":1}',
            '{"draw_version":1,"entry_cost":5,"max_per_user":3,"max_tickets":9}'
        ),
        ('keys are escaped too', '{"\"\n":1}', '{"\"\n":1}')
) as cases (name, value, text);

-- RFC 8785, section 3.2.2: short escapes where there are some, otherwise \u00 and small letters;
-- everything else as it is, the slash and DEL included.
select is(
    private.canonical_json('"\u20ac$\u000f\u000aA''\u0042\u0022\u005c\\\"\/"'::jsonb),
    U&'"\20AC$\\u000f\\nA''B\\"\\\\\\\\\\"/"',
    'the string of the example of section 3.2.2'
);
select is(
    private.canonical_json(to_jsonb(chr(8) || chr(9) || chr(10) || chr(12) || chr(13))),
    '"\b\t\n\f\r"',
    'short escapes'
);
select is(
    private.canonical_json(to_jsonb((
        select string_agg(chr(code), '' order by code)
        from generate_series(1, 31) as code
        where code not in (8, 9, 10, 12, 13)
    ))),
    (
        select '"' || string_agg('\u00' || lpad(to_hex(code), 2, '0'), '' order by code) || '"'
        from generate_series(1, 31) as code
        where code not in (8, 9, 10, 12, 13)
    ),
    'the other control characters'
);
select is(
    private.canonical_json(to_jsonb('/' || chr(127) || chr(128) || chr(8232) || chr(128512))),
    '"/' || chr(127) || chr(128) || chr(8232) || chr(128512) || '"',
    'nothing else is escaped'
);

-- RFC 8785, section 3.2.3: keys by UTF-16 code units, so that the face (a pair of surrogates)
-- comes before U+FB33, although its code point is higher.
select is(
    private.canonical_json(jsonb_build_object(
        U&'\20AC', 1, E'\r', 2, U&'\FB33', 3, '1', 4, U&'\+01F600', 5, U&'\0080', 6, U&'\00F6', 7
    )),
    U&'{"\\r":2,"1":4,"\0080":6,"\00F6":7,"\20AC":1,"\+01F600":5,"\FB33":3}',
    'the order of the example of section 3.2.3'
);

select throws_ok($$select private.canonical_json('1.5')$$, '22023', null, 'no fractions');
select throws_ok($$select private.canonical_json('9007199254740992')$$, '22023', null, 'not 2^53');
select throws_ok(
    $$select private.canonical_json('-9007199254740992')$$, '22023', null, 'not -2^53'
);
select throws_ok($$select private.canonical_json('1e400')$$, '22023', null, 'nothing huge');
select throws_ok(
    $$select private.canonical_json('{"a":[{"b":0.1}]}')$$, '22023', null, 'not deep inside either'
);
select is(private.canonical_json(null), null, 'null in, null out');

select * from finish();
rollback;
