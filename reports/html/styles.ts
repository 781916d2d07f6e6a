/** The page's own style; colours are variables that the drawings use too. */
export const STYLES = `
:root{color-scheme:light dark;
--ink:#1a2230;--muted:#566273;--paper:#fff;--page:#f5f6f8;--line:#dde2e9;--grid:#e6eaf0;
--blue:#0b67ad;--sky:#3f9ad6;--green:#0a7f60;--orange:#b5660a;--red:#c03f18;--purple:#8f4a7d;--grey:#8792a2;
--heat0:#f1f4f8;--heat1:#d5e6f5;--heat2:#a3cbea;--heat3:#3f8cc7;--heat4:#0b5c9b;--on-heat:#fff;
--good-bg:#e2f3ec;--good:#0a6a50;--bad-bg:#fbe7e0;--bad:#a8330f;--warn-bg:#fdf0d9;--warn:#8a4b00;--dim-bg:#eceff3;--dim:#4c5666}
@media (prefers-color-scheme:dark){:root{
--ink:#e6eaf0;--muted:#a3aebd;--paper:#171c24;--page:#0f1319;--line:#2c3440;--grid:#29313d;
--blue:#4ea3e0;--sky:#7fc0ee;--green:#3fbf97;--orange:#e39a3c;--red:#f0764d;--purple:#cf8abd;--grey:#7c8798;
--heat0:#1d242e;--heat1:#1c3a55;--heat2:#1f5580;--heat3:#4a9bd6;--heat4:#8cc8f2;--on-heat:#0b1220;
--good-bg:#12342a;--good:#6fd7b3;--bad-bg:#43200f;--bad:#ff9f7d;--warn-bg:#3d2b0c;--warn:#f4c06a;--dim-bg:#252d38;--dim:#b3bdcb}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header.top,footer{max-width:1180px;margin:0 auto;padding:0 24px}
header.top{padding-top:36px}
h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.015em}
h2{font-size:21px;margin:0 0 4px;letter-spacing:-.01em}
h3{font-size:16px;margin:0}
p{margin:0 0 8px}
a{color:var(--blue)}
:focus-visible{outline:3px solid var(--blue);outline-offset:2px;border-radius:4px}
code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--dim-bg);padding:1px 5px;border-radius:4px;overflow-wrap:anywhere}
.kicker{margin:0 0 6px;color:var(--muted);font-size:13px;letter-spacing:.06em;text-transform:uppercase}
.window{color:var(--muted);margin:6px 0 20px}
.note,.lead{color:var(--muted)}
.lead{max-width:76ch;margin-bottom:14px}
.panel,figure,.strip{background:var(--paper);border:1px solid var(--line);border-radius:10px}
.strip{padding:14px 18px;border-left:5px solid var(--green)}
.strip.warn{border-left-color:var(--orange)}
.strip h2{font-size:16px}
.strip .wide{grid-column:1/-1}
.strip dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:10px 24px;margin:10px 0 0}
.strip dt{color:var(--muted);font-size:13px}
.strip dd{margin:0;overflow-wrap:anywhere}
.strip ul{margin:8px 0 0;padding-left:20px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(158px,1fr));gap:12px;margin:16px 0;padding:0;list-style:none}
.tiles li{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:12px 16px}
.tiles b{display:block;font-size:27px;line-height:1.25;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.tiles span{color:var(--muted);font-size:13px}
.tiles .what{color:var(--ink);font-weight:600;font-size:14px;display:block}
.panel{padding:14px 18px;margin:16px 0}
.findings{margin:8px 0 0;padding:0;list-style:none}
.findings{margin:0}.findings li{padding:1px 0 1px 12px;border-left:4px solid var(--line);margin:7px 0}
.findings li.bad{border-left-color:var(--red)}.findings li.warn{border-left-color:var(--orange)}.findings li.good{border-left-color:var(--green)}
nav ul{display:flex;flex-wrap:wrap;gap:6px 18px;margin:14px 0 0;padding:0;list-style:none}
section.part{margin-top:38px}
.grid{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px;align-items:start}
figure{margin:0 0 16px;padding:16px 18px;min-width:0}
.grid>figure{margin:0}.grid{margin-bottom:16px}
figcaption p{color:var(--muted);font-size:13.5px;margin:2px 0 8px}
.chart svg{display:block;height:auto;max-width:100%}
.chart.phone{display:none}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:13.2px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding:6px 0;font-size:13px;caption-side:top}
th,td{padding:6px 10px 6px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-weight:600;vertical-align:bottom;line-height:1.3}
th small{font-weight:400;color:var(--muted)}
td .short{white-space:nowrap}td .long{display:inline-block;min-width:20ch;max-width:44ch;overflow-wrap:anywhere}
td .id{display:inline-block;min-width:19ch;overflow-wrap:anywhere;font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--muted)}
tr:has(.id) .short,tr:has(.id) time{white-space:normal}
td.number{white-space:nowrap}.number{text-align:right}.time,td time{white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
.absent{color:var(--grey)}
details{margin-top:10px}
summary{cursor:pointer;color:var(--blue);font-size:13.5px;padding:3px 0}
.badge{display:inline-block;border-radius:999px;padding:0 9px;font-size:12.5px;line-height:1.65;white-space:nowrap;background:var(--dim-bg);color:var(--dim)}
.badge.good{background:var(--good-bg);color:var(--good)}.badge.bad{background:var(--bad-bg);color:var(--bad)}.badge.warn{background:var(--warn-bg);color:var(--warn)}
.verdicts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px;margin-bottom:16px}
article{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:16px 18px;min-width:0;border-top:4px solid var(--grey)}
article.good{border-top-color:var(--green)}article.bad{border-top-color:var(--red)}article.warn{border-top-color:var(--orange)}
article header{display:flex;justify-content:space-between;gap:12px;align-items:start}
article td .short{white-space:normal}article dl.four{grid-template-columns:repeat(auto-fit,minmax(92px,1fr))}article ul{font-size:13.5px}article th,article td{padding-right:9px}
article dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:8px 18px;margin:10px 0}
article dt{color:var(--muted);font-size:13px}article dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
article>p{margin-top:4px}article .foot{color:var(--muted);font-size:13px;margin:14px 0 0;padding-top:10px;border-top:1px solid var(--line)}
article ul{margin:6px 0 0;padding-left:20px}article li{margin:2px 0}
.sum{font-size:13.5px;color:var(--muted);font-variant-numeric:tabular-nums}
.sum b{color:var(--ink)}
.terms dt{font-weight:600;margin-top:12px}.terms dd{margin:2px 0 0;max-width:80ch}
footer{color:var(--muted);font-size:13px;padding-top:24px;padding-bottom:40px}
@media (max-width:760px){
main,header.top,footer{padding-left:14px;padding-right:14px}
header.top{padding-top:22px}h1{font-size:24px}
.grid,.verdicts{grid-template-columns:minmax(0,1fr)}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}.tiles b{font-size:22px}
figure,article,.panel,.strip{padding:12px 12px}
.chart.wide{display:none}.chart.phone{display:block}}
.on-paper{display:none}
@page{size:A4 landscape;margin:12mm}
@media print{
:root{color-scheme:light}
body{background:#fff;font-size:10pt}
main,header.top,footer{max-width:none;padding-left:0;padding-right:0}
header.top{padding-top:0}
nav,.findings a,summary::marker{display:none}
.on-paper{display:inline}
section.part{break-before:page;margin-top:0}
figure,article,.tiles li,.strip,.findings li{break-inside:avoid}
figure:has(tr:nth-child(14)){break-inside:auto}
h2,h3,h2+p,h3+p,figcaption,caption{break-after:avoid}
thead{display:table-header-group}tr{break-inside:avoid}
details:not(.too-long)::details-content{content-visibility:visible;display:block;height:auto}
.scroll{overflow:visible}
table{font-size:8.2pt}th,td{padding:4px 7px 4px 0}.badge{font-size:7.6pt;padding:0 6px}td .id{font-size:7.4pt}th{font-size:7.2pt}
a{color:inherit;text-decoration:none}
.chart.wide{display:block}.chart.phone{display:none}}
`;
