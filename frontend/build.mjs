/**
 * Build the assets of the browser into app/web/static/dist (git-ignored).
 *
 * Writes hashed scripts and styles, the icon sprite, the data files of pdf.js, a compressed copy
 * (.br, .gz) of every text file, and manifest.json (plain name -> file name), which the Python
 * side reads. Prints the compressed sizes and fails when a budget is exceeded.
 */
import * as esbuild from "esbuild";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const OUT = path.join(ROOT, "app/web/static/dist");
const MODULES = path.join(ROOT, "node_modules");
const WATCH = process.argv.includes("--watch");

/** Budgets in KB of gzip: what every page loads with fonts, and one lazy chunk (worker apart). */
const BUDGET = { firstView: 230, lazyChunk: 210 };
const COMPRESSIBLE = new Set([".js", ".css", ".svg", ".json", ".wasm", ".ttf", ".pfb", ".txt"]);

const options = {
  absWorkingDir: ROOT,
  entryPoints: {
    app: "frontend/app.js",
    ui: "frontend/app.css",
    map: path.join(MODULES, "leaflet/dist/leaflet.css"),
    "pdf-viewer": path.join(MODULES, "pdfjs-dist/web/pdf_viewer.css"),
    "pdf.worker": path.join(MODULES, "pdfjs-dist/build/pdf.worker.min.mjs"),
  },
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  entryNames: "[name]-[hash]",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "files/[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "dataurl", ".png": "dataurl", ".gif": "dataurl" },
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
};

/** Names of frontend/icons.txt, without comments and blank lines. */
function iconNames() {
  const lines = fs.readFileSync(path.join(ROOT, "frontend/icons.txt"), "utf8").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
}

/** One <symbol> from a Tabler SVG; the strokes take the colour of the text around them. */
function iconSymbol(name) {
  const filled = name.endsWith("-filled");
  const file = filled ? `filled/${name.slice(0, -"-filled".length)}` : `outline/${name}`;
  const source = path.join(MODULES, "@tabler/icons/icons", `${file}.svg`);
  if (!fs.existsSync(source)) throw new Error(`frontend/icons.txt: no icon is called "${name}"`);
  const shapes = fs
    .readFileSync(source, "utf8")
    .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/<path stroke="none"[^>]*>/, "")
    .replace(/\s+/g, " ")
    .trim();
  const paint = filled
    ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${shapes}</symbol>`;
}

/** Write the sprite of all listed icons; returns its file name inside OUT. */
function writeIcons() {
  const symbols = [...new Set(iconNames())].sort().map(iconSymbol);
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
  const hash = crypto.createHash("sha256").update(sprite).digest("hex").slice(0, 8);
  const name = `icons-${hash}.svg`;
  fs.writeFileSync(path.join(OUT, name), sprite);
  return name;
}

/** Fonts and decoders which pdf.js fetches by name, so they keep their names. */
function copyPdfData() {
  for (const folder of ["standard_fonts", "wasm"]) {
    fs.cpSync(path.join(MODULES, "pdfjs-dist", folder), path.join(OUT, "pdf", folder), {
      recursive: true,
    });
  }
}

/** Map "app.js" -> "app-1A2B3C4D.js" for every entry point. */
function manifestOf(metafile) {
  const manifest = {};
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (!output.entryPoint) continue;
    if (file.includes("/chunks/")) continue;
    const name = path.basename(file);
    manifest[name.replace(/-[A-Z0-9]{8}(?=\.)/, "")] = path.relative(OUT, path.join(ROOT, file));
  }
  return manifest;
}

function filesUnder(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** Compressed copies beside each text file, so that no request has to compress. */
function compressAll() {
  for (const file of filesUnder(OUT)) {
    if (!COMPRESSIBLE.has(path.extname(file))) continue;
    const bytes = fs.readFileSync(file);
    const brotli = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: WATCH ? 4 : 11 } };
    fs.writeFileSync(`${file}.gz`, zlib.gzipSync(bytes, { level: 9 }));
    fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(bytes, brotli));
  }
}

/** Compressed size in KB; fonts are compressed already and have no copy. */
function sizeKb(file) {
  const compressed = fs.existsSync(`${file}.gz`) ? `${file}.gz` : file;
  return fs.statSync(compressed).size / 1024;
}

/** Files which the browser loads before anything is clicked: app.js with its static imports. */
function firstViewFiles(metafile, manifest, icons) {
  const wanted = new Set();
  const follow = (file) => {
    if (wanted.has(file)) return;
    wanted.add(file);
    for (const item of metafile.outputs[file].imports) {
      if (item.kind === "import-statement") follow(item.path);
    }
  };
  const outputs = Object.keys(metafile.outputs);
  for (const name of ["app.js", "ui.css"]) {
    follow(outputs.find((file) => file.endsWith(`/${manifest[name]}`)));
  }
  const fonts = outputs.filter((file) => file.endsWith(".woff2"));
  return [...wanted, ...fonts, path.relative(ROOT, path.join(OUT, icons))];
}

/** Print sizes beside their budgets. Returns the sentences of what is too large. */
function reportSizes(metafile, manifest, icons) {
  const first = firstViewFiles(metafile, manifest, icons);
  const total = first.reduce((sum, file) => sum + sizeKb(path.join(ROOT, file)), 0);
  const tooLarge = [];
  console.log(`first view ${total.toFixed(0)} KB gzip (budget ${BUDGET.firstView})`);
  if (total > BUDGET.firstView) tooLarge.push(`first view: ${total.toFixed(0)} KB`);
  for (const file of Object.keys(metafile.outputs)) {
    if (!/\.(js|css)$/.test(file)) continue;
    const kb = sizeKb(path.join(ROOT, file));
    const lazy = !first.includes(file) && !file.includes("pdf.worker");
    console.log(`  ${kb.toFixed(1).padStart(6)} KB  ${lazy ? "lazy " : ""}${path.basename(file)}`);
    if (lazy && kb > BUDGET.lazyChunk) tooLarge.push(`${path.basename(file)}: ${kb.toFixed(0)} KB`);
  }
  return tooLarge;
}

/** Everything after esbuild: icons, pdf data, compressed copies, and the manifest last. */
function finish(metafile) {
  const icons = writeIcons();
  copyPdfData();
  const manifest = { ...manifestOf(metafile), "icons.svg": icons };
  compressAll();
  const tooLarge = reportSizes(metafile, manifest, icons);
  fs.writeFileSync(path.join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return tooLarge;
}

fs.rmSync(OUT, { recursive: true, force: true });
fs.mkdirSync(OUT, { recursive: true });

if (WATCH) {
  const plugin = {
    name: "finish",
    setup: (build) => build.onEnd((result) => result.metafile && void finish(result.metafile)),
  };
  const context = await esbuild.context({ ...options, plugins: [plugin] });
  await context.watch();
  console.log("watching; Ctrl-C stops");
} else {
  const { metafile } = await esbuild.build(options);
  const tooLarge = finish(metafile);
  if (tooLarge.length) {
    console.error(`over budget: ${tooLarge.join("; ")}`);
    process.exitCode = 1;
  }
}
