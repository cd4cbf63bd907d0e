import adapter from "@sveltejs/adapter-node";
import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** @type {import('@sveltejs/kit').Config} */
export default {
    preprocess: vitePreprocess(),
    kit: {
        adapter: adapter(),
        alias: {
            // The page recomputes a draw with the very program of `pypot proof html`.
            $verifier: "../verifier/src",
            "@noble/curves": "node_modules/@noble/curves",
        },
        csp: {
            directives: {
                "script-src": ["self"],
                "object-src": ["none"],
                "base-uri": ["none"],
                "frame-ancestors": ["none"],
            },
        },
        version: { name: "lobby" },
    },
};
