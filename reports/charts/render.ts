import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { textWidthPx } from './text-width-px.ts';
import { THEME } from './theme.ts';

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  readonly limit?: number;
}

/** Exported by vega, and missing from its types. */
interface TextMetrics {
  width(item: TextItem, text: unknown): number;
}

// Without this a canvas library that happens to be installed would decide where labels end.
(vega as unknown as { readonly textMetrics: TextMetrics }).textMetrics.width = (item, text) =>
  Math.min(
    textWidthPx(String(text), item.fontSize ?? 11, item.fontWeight === 'bold'),
    // A text with a limit is cut at it, and must not be given more room than that.
    item.limit || Number.POSITIVE_INFINITY,
  );

/** What vega would print about a drawing is for developers, and stderr is the user's. */
const SILENT = vega.logger(vega.None);

/** Draws a chart as SVG text that fills the width it is given. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const { spec: compiled } = compile(spec, { config: THEME, logger: SILENT });
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: SILENT });
  try {
    return responsive(await view.toSVG());
  } finally {
    view.finalize();
  }
}

function responsive(svg: string): string {
  return svg
    .replace(
      /^<svg[^>]*?viewBox="([^"]*)"[^>]*>/,
      '<svg viewBox="$1" width="100%" aria-hidden="true">',
    )
    .replaceAll(/<path class="(?:fore|back)ground"[^>]*?\/>/g, '')
    .replaceAll(/ (?:pointer-events="none"|aria-hidden="true"(?=[ >])|opacity="1")/g, '');
}
