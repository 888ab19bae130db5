// @ts-check
/** A page of the registry follows what others do to it. */

import { followPage } from "./live_page.js";

const part = document.querySelector("#live")?.closest("main > [id]");
if (part) followPage(`#${part.id}`, "registry");
