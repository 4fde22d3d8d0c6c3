// The page in a real browser: no errors, no request, marks, hover, sorting, dark, narrow, print.
// node page.mjs REPORT.html SCREENSHOTS [BROWSER]; the browser is the system's Chromium.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [file, shots, executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
mkdirSync(shots, { recursive: true });
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, args: quiet });
const address = pathToFileURL(file).href;

async function opened(options) {
  const page = await browser.newPage(options);
  const wrong = [];
  page.on('console', line => line.type() === 'error' && wrong.push(line.text()));
  page.on('pageerror', error => wrong.push(error.message));
  page.on('request', request => /^(file|data|blob):/.test(request.url()) && (request.url() === address || !request.url().startsWith('file:')) || wrong.push('asks for ' + request.url()));
  await page.goto(address);
  return { page, wrong };
}

for (const [name, colorScheme, width] of [['light', 'light', 1200], ['dark', 'dark', 1200], ['narrow', 'light', 390]]) {
  const { page, wrong } = await opened({ colorScheme, viewport: { width, height: 900 } });
  await page.evaluate(() => document.querySelectorAll('details').forEach(details => { details.open = true; }));
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${name}: ${overflow} px too wide`);
  const pale = colorScheme === 'dark' ? 128 : 0;
  const unseen = await page.$$eval('svg.chart:not([data-name^="confusion"], [data-name^="q6"]) text', (all, pale) =>
    all.filter(text => getComputedStyle(text).fill.match(/\d+/g)[0] < pale).length, pale);
  assert.equal(unseen, 0, `${name}: dark words on dark paper`);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0, part = 0; y < height; y += 2400, part++) {
    const clip = { x: 0, y, width, height: Math.min(2400, height - y) };
    await page.screenshot({ path: `${shots}/${name}-${String(part).padStart(2, '0')}.png`, fullPage: true, clip });
  }
  assert.deepEqual(wrong, [], name);
  await page.close();
}

const { page, wrong } = await opened({ viewport: { width: 1200, height: 900 } });
const figures = await page.$$eval('figure', all => all.map(figure => ({
  marks: figure.querySelectorAll('svg.chart :is(path, circle, rect, polygon)').length,
  image: figure.querySelector('img')?.naturalWidth ?? 0,
  told: figure.querySelector('[alt], [aria-label]') !== null,
})));
assert.ok(figures.length > 40, `${figures.length} figures`);
assert.ok(figures.every(({ marks, image, told }) => (marks > 3 || image > 50) && told), 'an empty or untold figure');

// A legend that does not fit is cut at the chart's edge.
const cut = await page.$$eval('svg.chart', all => all.filter(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].some(text => { const box = text.getBoundingClientRect(); return box.bottom > frame.bottom + 1 || box.right > frame.right + 1; });
}).map(svg => svg.dataset.name));
assert.deepEqual(cut, [], 'words cut at the edge');
assert.equal(await page.locator('svg.chart[data-name="labels-soft-60000"] g.tt[data-tip^="published, 1: 48"]').count(), 1, 'the 48 ones of the soft map');

const point = page.locator('#fig03 ~ .figures svg.chart g.tt').nth(5);
await point.hover();
assert.match(await page.locator('#tip').innerText(), /images: [\d.]+ %/, 'hover shows a value');

const map = page.locator('img.map[data-classes]').first();
const before = await map.getAttribute('src');
await map.locator('xpath=..').getByRole('button', { name: 'sort by class' }).click();
await page.waitForFunction(([img, src]) => img.src !== src, [await map.elementHandle(), before]);
const corners = [];
for (const at of [0.02, 0.5, 0.98]) {
  const box = await map.boundingBox();
  await map.hover({ position: { x: box.width * at, y: box.height * at } });
  corners.push(Number((await page.locator('#tip').innerText()).match(/stands for (\d)/)?.[1] ?? 99));
}
assert.ok(corners[0] < corners[1] && corners[1] < corners[2], `classes along the diagonal: ${corners}`);
await map.screenshot({ path: `${shots}/sorted.png` });

const download = page.waitForEvent('download');
await page.locator('#fig03 ~ .figures figure').first().getByRole('button', { name: 'save SVG' }).click();
assert.equal((await download).suggestedFilename(), 'fig03.svg');
await page.pdf({ path: `${shots}/print.pdf`, format: 'A4' });
assert.deepEqual(wrong, []);
await browser.close();
console.log(`${figures.length} figures; screenshots in ${shots}`);
