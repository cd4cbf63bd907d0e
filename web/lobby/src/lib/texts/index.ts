/** The texts in use. With a second language, choose by the reader's here. */
export { en as t } from "./en.ts";
