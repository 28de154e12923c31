/* Entry of every page: Bootstrap's behaviour, htmx, and the controllers. */
import { Application } from "@hotwired/stimulus";
import "./lib/bootstrap.js";
import "./hx.js";
import "./lib/required.js";
import "./lib/requests.js";
import "./lib/buttons.js";
import { lazy } from "./lib/lazy.js";

import ChooseController from "./controllers/choose.js";
import ConfirmController from "./controllers/confirm.js";
import DateController from "./controllers/date.js";
import ErrorSummaryController from "./controllers/error-summary.js";
import FacetsController from "./controllers/facets.js";
import GuardController from "./controllers/guard.js";
import IdentityCardController from "./controllers/identity-card.js";
import KeysController from "./controllers/keys.js";
import LiveController from "./controllers/live.js";
import OfflineController from "./controllers/offline.js";
import PhrasesController from "./controllers/phrases.js";
import PickedController from "./controllers/picked.js";
import PositionController from "./controllers/position.js";
import ReadingFormController from "./controllers/reading-form.js";
import ReplayController from "./controllers/replay.js";
import SelectionController from "./controllers/selection.js";
import RemarkController from "./controllers/remark.js";
import SpeechController from "./controllers/speech.js";
import SuggestController from "./controllers/suggest.js";
import SwitchController from "./controllers/switch.js";
import ToastController from "./controllers/toast.js";
import UploadController from "./controllers/upload.js";

const application = new Application();

application.register("choose", ChooseController);
application.register("confirm", ConfirmController);
application.register("date", DateController);
application.register("error-summary", ErrorSummaryController);
application.register("facets", FacetsController);
application.register("guard", GuardController);
application.register("identity-card", IdentityCardController);
application.register("keys", KeysController);
application.register("live", LiveController);
application.register("offline", OfflineController);
application.register("phrases", PhrasesController);
application.register("picked", PickedController);
application.register("position", PositionController);
application.register("reading-form", ReadingFormController);
application.register("replay", ReplayController);
application.register("selection", SelectionController);
application.register("remark", RemarkController);
application.register("speech", SpeechController);
application.register("suggest", SuggestController);
application.register("switch", SwitchController);
application.register("toast", ToastController);
application.register("upload", UploadController);

application.register("chart", lazy(() => import("./controllers/chart.js")));
application.register("map", lazy(() => import("./controllers/map.js")));
application.register("editor", lazy(() => import("./controllers/editor.js")));
application.register("picker", lazy(() => import("./controllers/picker.js")));
application.register(
  "viewer",
  lazy(
    () => import("./controllers/viewer.js"),
    ["previous", "next", "goTo", "zoomIn", "zoomOut", "fit", "rotate", "find", "findNext"],
  ),
);

// Whoever waits for this finds every controller connected, and those that still load so marked.
application.start().then(() => {
  document.documentElement.dataset.ready = "true";
});
