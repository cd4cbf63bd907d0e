// Bundles the page's program and style into the Python package, the same bytes each time.
// node build.mjs [DIRECTORY]: there instead.
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "../../pypot_cli/proof_page");

await build({
    absWorkingDir: here,
    entryPoints: { page: "src/page/main.ts", style: "src/page/style.css" },
    outdir: out,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    charset: "ascii",
    legalComments: "eof",
    loader: { ".json": "text" },
    logLevel: "warning",
});
