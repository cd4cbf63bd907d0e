// What a page does with supabase-js: sign up, look, join, be refused. Prints one JSON object.
// usage: node players.mjs URL KEY POT_ID; the packages are found through NODE_MODULES.
import { createRequire } from "node:module";

const require = createRequire(process.env.NODE_MODULES + "/");
const { createClient } = require("@supabase/supabase-js");
const transport = require("ws");

const [url, key, potId] = process.argv.slice(2);
const options = { auth: { persistSession: false, autoRefreshToken: false }, realtime: { transport } };
const client = () => createClient(url, key, options);

const player = client();
const email = `${crypto.randomUUID()}@example.com`;
const password = "correct horse";
const join = (count) => player.rpc("join_pot", { pot_id: potId, ticket_count: count });

const signedUp = await player.auth.signUp({ email, password });
const signedUpAgain = await client().auth.signUp({ email, password });
const wrongPassword = await client().auth.signInWithPassword({ email, password: "wrong horse" });
const signedIn = await player.auth.signInWithPassword({ email, password });
const user = await player.auth.getUser();
const claims = await player.auth.getClaims();
const renewed = await player.auth.refreshSession();

const asAnon = await client().rpc("join_pot", { pot_id: potId, ticket_count: 1 });
const unpaid = await join(1);
console.log(JSON.stringify({ sub: signedUp.data.user.id }));
// Whoever runs this grants credits, then writes a line.
await new Promise((resolve) => process.stdin.once("data", resolve));
process.stdin.destroy();

const joined = await join(2);
const over = await join(1000);
const malformed = await player.rpc("join_pot", { pot_id: "no uuid", ticket_count: 1 });
const listed = await player.rpc("list_pots", { status: "open" });
const one = await player.rpc("list_pots").eq("id", potId).select("id, tickets_sold").single();
const counted = await player.from("pots").select("id", { count: "exact", head: true });
const table = await player.from("pots").select("id, status").eq("id", potId).maybeSingle();
const got = await player.rpc("get_pot", { pot_id: potId }, { get: true });
const entries = await player.from("pot_entries").select("pot_id, ticket_count");
const written = await player.from("pots").insert({ status: "open" });
const wrongRole = await player.rpc("lock_pot", { pot_id: potId });
const unknown = await player.rpc("join_pots", { pot_id: potId });
const visitor = client();
const anonymous = await visitor.auth.signInAnonymously();
const anonymousJoin = await visitor.rpc("join_pot", { pot_id: potId, ticket_count: 1 });
const signedOut = await player.auth.signOut();
const afterwards = await player.auth.getUser();

const error = ({ status, error }) => ({ status: status ?? error?.status, code: error?.code, message: error?.message });
console.log(
    JSON.stringify({
        signedUp: signedUp.error,
        signedUpAgain: error(signedUpAgain),
        wrongPassword: error(wrongPassword),
        signedIn: signedIn.error,
        sameUser: user.data.user.id === signedUp.data.user.id,
        claimedRole: claims.data.claims.role,
        renewed: renewed.error === null && renewed.data.session.refresh_token !== signedIn.data.session.refresh_token,
        asAnon: error(asAnon),
        unpaid: error(unpaid),
        joined: joined.data,
        over: error(over),
        malformed: error(malformed),
        listed: listed.data.map((pot) => pot.id),
        one: one.data,
        counted: counted.count,
        table: table.data,
        got: got.data.id,
        entries: entries.data ?? error(entries),
        written: error(written),
        wrongRole: error(wrongRole),
        unknown: error(unknown),
        anonymous: anonymous.data.user.is_anonymous,
        anonymousJoin: error(anonymousJoin),
        signedOut: signedOut.error,
        afterwards: afterwards.data.user,
    }),
);
