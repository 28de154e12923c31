/* htmx as a global, imported before its extensions, which look for it there. */
import htmx from "htmx.org";

window.htmx = htmx;

export default htmx;
