/* Builds static/build/ from npm packages: the theme's tokens, the design system's CSS and the fonts.
 *
 *   build/css/theme.css      colours, sizes and typography from designsystemet.config.json
 *   build/css/designsystemet.css   the components; their icons lie in build/icons/ because the
 *                            content security policy allows images from our own address only (no data:)
 *   build/css/font.css       Source Sans 3 for the screen (variable)
 *   build/fonts/*.woff2      the same files, and the fixed weights that documents embed, with licences
 *
 * A missing package, file or expectation stops the build with an error: nothing is skipped in silence.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");
const tokens = join("node_modules", ".cache", "design-tokens");
const theme = join("node_modules", ".cache", "theme");
const out = join(here, "build");

const SCREEN_FONT = "@fontsource-variable/source-sans-3";
const SCREEN_SUBSETS = ["latin", "latin-ext", "cyrillic", "greek"];

/* Names of people and associations are written in more than Latin letters: documents embed these. */
const DOCUMENT_FONTS = {
  "source-sans-3": [
    "latin-400-normal", "latin-ext-400-normal", "cyrillic-400-normal", "greek-400-normal",
    "latin-600-normal", "latin-ext-600-normal", "cyrillic-600-normal", "greek-600-normal",
    "latin-400-italic", "latin-ext-400-italic",
  ],
  "noto-sans-arabic": ["arabic-400-normal"],
};

function designsystemet(...args) {
  const cli = join(packages, "@digdir", "designsystemet", "dist", "bin", "designsystemet.js");
  execFileSync(process.execPath, [cli, ...args], { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
}

function demand(truth, message) {
  if (!truth) throw new Error(`static/build.mjs: ${message}`);
}

function buildTheme() {
  designsystemet("tokens", "create");
  designsystemet("tokens", "build", "--tokens", tokens, "--out-dir", theme, "--clean");
  copyFileSync(join(here, theme, "samspel.css"), join(out, "css", "theme.css"));
}

/** Copies the component CSS with each data: URI written to a file of its own. */
function buildComponents() {
  const css = readFileSync(join(packages, "@digdir", "designsystemet-css", "dist", "src", "index.css"), "utf8");
  const dataUri = /url\((["'])data:image\/svg\+xml;charset=utf-8,(.*?)\1\)/g;
  const replaced = css.replace(dataUri, (_match, _quote, encoded) => {
    const svg = decodeURIComponent(encoded);
    demand(svg.startsWith("<svg") && svg.endsWith("</svg>"), `not an SVG icon: ${svg.slice(0, 80)}`);
    const name = `${createHash("sha256").update(svg).digest("hex").slice(0, 12)}.svg`;
    writeFileSync(join(out, "icons", name), svg);
    return `url("../icons/${name}")`;
  });
  demand(replaced !== css, "no icons found in the design system's CSS");
  demand(!/data:image/.test(replaced), "a data: URI is left in the design system's CSS");
  demand(!/sourceMappingURL/.test(replaced), "the design system's CSS points to a source map that is not served");
  writeFileSync(join(out, "css", "designsystemet.css"), replaced);
}

function buildFonts() {
  const faces = [];
  for (const sheet of ["wght.css", "wght-italic.css"]) {
    const css = readFileSync(join(packages, SCREEN_FONT, sheet), "utf8");
    for (const subset of SCREEN_SUBSETS) {
      const face = css
        .split("@font-face")
        .slice(1)
        .map((rest) => `@font-face${rest.slice(0, rest.indexOf("}") + 1)}`)
        .find((block) => block.includes(`source-sans-3-${subset}-wght-`));
      demand(face, `no ${subset} face in ${SCREEN_FONT}/${sheet}`);
      faces.push(
        face.replace(/url\(\.\/files\/([^)]+)\)/, (_match, file) => {
          copyFileSync(join(packages, SCREEN_FONT, "files", file), join(out, "fonts", file));
          return `url("../fonts/${file}")`;
        }),
      );
    }
  }
  writeFileSync(join(out, "css", "font.css"), `${faces.join("\n")}\n`);
  for (const [family, instances] of Object.entries(DOCUMENT_FONTS)) {
    const source = join(packages, "@fontsource", family);
    copyFileSync(join(source, "LICENSE"), join(out, "fonts", `LICENSE-${family}`));
    for (const instance of instances) {
      const file = `${family}-${instance}.woff2`;
      copyFileSync(join(source, "files", file), join(out, "fonts", file));
    }
  }
}

rmSync(out, { recursive: true, force: true });
for (const folder of ["css", "fonts", "icons"]) mkdirSync(join(out, folder), { recursive: true });
buildTheme();
buildComponents();
buildFonts();
