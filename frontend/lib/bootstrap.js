/* The parts of Bootstrap that pages use by data attributes; importing them switches them on. */
export { Collapse, Dropdown, Modal, Offcanvas, Tab, Toast } from "bootstrap";
