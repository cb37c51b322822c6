/** Warm greys and one accent; both schemes. Red and green never stand alone: a sign or a side says the same. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#FBFAF8;--surface:#FFF;--text:#1E1B18;--quiet:#6B645C;--line:#E7E2DA;--accent:#F2620F;--for:#2E7D4F;--against:#C0362C}
@media (prefers-color-scheme:dark){:root{--ground:#171513;--surface:#201D1A;--text:#F3EFE9;--quiet:#A59C91;--line:#37322C;--accent:#FF7F32;--for:#5BB681;--against:#E0685E}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 Inter,Golos,"Golos Text",system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:28px;line-height:1.2;margin:0 0 8px}
h2{font-size:20px;margin:40px 0 8px}
p{max-width:72ch;margin:0 0 16px;color:var(--quiet)}
.lead{font-size:17px;color:var(--text)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:24px 0 0}
.figures div{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:12px 16px}
.figures dd{margin:0;font-size:20px;font-weight:600}
.figures div:first-child dd{color:var(--accent)}
.figures dt{font-size:13px;color:var(--quiet)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:3px 12px 3px 0;border-bottom:1px solid var(--line);font-weight:400;vertical-align:middle}
thead th,th[scope=row]{font-size:13px;color:var(--quiet)}
.number{text-align:right;white-space:nowrap}
.group th{font-weight:600;padding-top:16px}
.weights svg,.waterfall svg{display:block}
rect.for{fill:var(--for)}rect.against{fill:var(--against)}rect.total{fill:var(--accent)}
line.axis{stroke:var(--quiet);stroke-width:1;opacity:.5}
article{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:16px;margin:0 0 16px}
article header{display:flex;flex-wrap:wrap;gap:4px 16px;justify-content:space-between;margin-bottom:8px}
article header span{color:var(--quiet)}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(400px,1fr));gap:20px}
@media (max-width:480px){.columns{grid-template-columns:minmax(0,1fr)}}
.columns td,.columns th{font-size:13px}
.differs td{font-weight:600}
.missing{color:var(--quiet)}
.waterfall td:first-child{min-width:150px}
.sum td{font-weight:600;border-bottom:0}
.merge{color:var(--for)}.apart{color:var(--against)}.review{color:var(--accent)}
.cluster td{font-size:13px;white-space:nowrap}
`;
