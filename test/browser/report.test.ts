import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderReport } from '../../reports/html/page.ts';
import { fleetReport } from '../reports/fleet.ts';
import { HOSTILE } from '../reports/hostile.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-report-'));
let browser: Browser;

beforeAll(async () => {
  const hostile = Object.values(HOSTILE).map((text) => ({ meter: text, model: text, items: 1 }));
  writeFileSync(join(folder, 'fleet.html'), await renderReport(fleetReport()));
  writeFileSync(
    join(folder, 'hostile.html'),
    await renderReport(fleetReport('all', { 'finops/unpriced': hostile })),
  );
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

interface Opened extends AsyncDisposable {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

async function open(name: string, width: number, hasScript = false): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    javaScriptEnabled: hasScript,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(join(folder, name)).href);
  return { page, complaints, requests, [Symbol.asyncDispose]: () => context.close() };
}

// Text, because it runs in the page: the types of a browser are not those of this program.
const OVERFLOWING = `[...document.querySelectorAll('main > *, figure, article, .strip, .chart')]
  .filter((element) => element.getBoundingClientRect().right > window.innerWidth)
  .map((element) => element.outerHTML.slice(0, 100))`;
const FONT_SIZES = `[...document.querySelectorAll('.chart text')]
  .filter((text) => text.checkVisibility())
  .map((text) => {
    const svg = text.ownerSVGElement;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return Number.parseFloat(text.getAttribute('font-size')) * scale;
  })`;
const HIDDEN_TABLES = `[...document.querySelectorAll('table')].filter((table) => !table.closest('.too-long'))
  .filter((table) => !table.checkVisibility()).length`;
/** A4 landscape less its margins, at 96 pixels an inch. */
const PAPER_WIDTH = 1030;
const OFF_THE_SHEET = `[...document.querySelectorAll('table')]
  .filter((table) => table.getBoundingClientRect().right > ${PAPER_WIDTH})
  .map((table) => table.caption.textContent)`;
const COLOURS =
  '(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))';

test('at 1280 pixels the id of a noteworthy call is within its table', async () => {
  await using opened = await open('fleet.html', 1280);

  const beyond = await opened.page.evaluate(
    `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('#noteworthy .scroll'))`,
  );

  expect(beyond).toBe(0);
});

describe.each([1280, 400])('at %d pixels, without JavaScript', (width) => {
  test('nothing but a table scrolls sideways, and nothing is complained about', async () => {
    await using opened = await open('fleet.html', width);
    const { page, complaints, requests } = opened;
    const body = await page.locator('body').boundingBox();
    const overflowing = await page.evaluate(OVERFLOWING);

    expect(body?.width).toBe(width);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(overflowing).toEqual([]);
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  test('what the numbers rest on is seen first', async () => {
    await using opened = await open('fleet.html', width);
    const strip = opened.page.getByRole('region', { name: 'What the numbers rest on' });
    const box = await strip.boundingBox();

    expect(await strip.isVisible()).toBe(true);
    expect(box?.y).toBeLessThan(200);
    expect(await strip.textContent()).toContain('92.8 % seen by gateway and server');
  });

  test('every chart is seen once, and its words can be read', async () => {
    await using opened = await open('fleet.html', width);
    const drawings = opened.page.locator('.chart:visible');
    const sizes = await opened.page.evaluate<number[]>(FONT_SIZES);

    expect(await drawings.count()).toBe(12);
    expect(sizes.length).toBeGreaterThan(200);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(9);
  });

  test('a table behind a chart opens with the keyboard', async () => {
    await using opened = await open('fleet.html', width);
    const details = opened.page.locator('details', { hasText: 'Error budgets used' }).first();
    const table = details.getByRole('table');
    const before = await table.isVisible();
    await details.locator('summary').focus();
    await opened.page.keyboard.press('Enter');

    expect([before, await table.isVisible()]).toEqual([false, true]);
  });
});

test('names of attackers do nothing even where scripts may run', async () => {
  await using opened = await open('hostile.html', 1280, true);
  const { page, complaints, requests } = opened;

  expect(complaints).toEqual([]);
  expect(requests).toHaveLength(1);
  expect(await page.locator('h1').count()).toBe(1);
  expect(await page.locator('script, img, iframe, [onmouseover], [onerror]').count()).toBe(0);
  expect(await page.getByText('<script>alert(1)</script>').first().isVisible()).toBe(true);
});

test('a dark reader gets a dark page, with text that can be read', async () => {
  const context = await browser.newContext({ colorScheme: 'dark' });
  const page = await context.newPage();
  await page.goto(pathToFileURL(join(folder, 'fleet.html')).href);
  const colours = await page.evaluate(COLOURS);
  await context.close();

  expect(colours).toEqual(['rgb(230, 234, 240)', 'rgb(15, 19, 25)']);
});

test('on paper the tables are open, save those of many sheets, and nothing leaves the sheet', async () => {
  await using opened = await open('fleet.html', 1280);
  await opened.page.setViewportSize({ width: PAPER_WIDTH, height: 700 });
  const folded = await opened.page.evaluate(HIDDEN_TABLES);
  await opened.page.emulateMedia({ media: 'print' });
  const hidden = await opened.page.evaluate(HIDDEN_TABLES);
  const cut = await opened.page.evaluate(OFF_THE_SHEET);
  const pdf = await opened.page.pdf({ preferCSSPageSize: true, printBackground: true });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? [];

  expect(folded).toBeGreaterThan(8);
  expect(hidden).toBe(0);
  expect(cut).toEqual([]);
  expect(await opened.page.locator('details.too-long .on-paper').count()).toBeGreaterThan(0);
  expect(pages.length).toBeGreaterThan(5);
});
