import { timelineRoofline } from './timeline-roofline.js';
import { PAGE_SCRIPT } from '../generated/page-script.js';
import type { Timeline } from '../timeline.js';
import { pageData } from './page-data.js';
import { STYLE } from './style-sheet.js';

const escapeHtml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** JSON that can stand in a script element. */
const json = (value: unknown): string => JSON.stringify(value).replace(/</g, '\\u003c');

const BODY = `<section class="accounts">
<h2>Where the cycles went <select id="layer"><option value="-1">whole run</option></select></h2>
<div id="legend"></div>
<div id="accounts"></div>
</section>
<section>
<h2>Timeline</h2>
<div class="bar">
<input id="search" type="search" placeholder="search: gemm, sram=0x10, a layer, a number" autocomplete="off"><span id="found"></span>
<span class="buttons"><button id="in" title="zoom in (w)">+</button><button id="out" title="zoom out (s)">−</button><button id="fit" title="show everything (f)">fit</button></span>
<span id="range"></span>
</div>
<canvas id="timeline"></canvas>
<div id="details"></div>
<p class="help">Wheel zooms, dragging pans (keys: w s a d, f shows everything). A click selects an instruction and draws the tokens it takes and gives, a double click zooms to it.
/ searches, Enter or n goes to the next one found. Where spans are narrower than a pixel, a column shows how its cycles divide.</p>
</section>
<div id="tip" hidden></div>
`;

/** A run as one HTML file that needs nothing else: cycle accounts and a timeline to zoom, pan and search. */
export function pageFile(t: Timeline): readonly string[] {
  const data = pageData(t);
  const subtitle = `${data.cycles.toLocaleString('en-US')} cycles in ${data.layers.length} launch${data.layers.length === 1 ? '' : 'es'} on ${data.on}, machine ${data.config}, ${data.memory}`;
  // inside a page the picture needs no name space, which would look like an address
  const roofline = timelineRoofline(t)?.replace(/ xmlns="[^"]*"/, '') ?? null;
  return [
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>${escapeHtml(data.name)}: VTA timeline</title>\n`,
    `<style>\n${STYLE}</style>\n</head>\n<body>\n<h1>${escapeHtml(data.name)} <small>${escapeHtml(subtitle)}</small></h1>\n${BODY}`,
    roofline === null ? '' : `<section class="roofline">\n<h2>Roofline</h2>\n${roofline}</section>\n`,
    `<script type="application/json" id="data">${json(data)}</script>\n`,
    `<script>${PAGE_SCRIPT}</script>\n</body>\n</html>\n`,
  ];
}
