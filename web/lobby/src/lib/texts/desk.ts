/** The desk's texts in use, as index.ts has the players'. */
export { en as d } from "./en.desk.ts";
