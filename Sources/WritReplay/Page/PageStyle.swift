/// How the page looks: on a phone, on a desk, at night and on paper.
enum PageStyle {
  static var sheet: String {
    ":root{color-scheme:light dark;" + Palette.declarations(isDark: false) + "}\n"
      + "@media (prefers-color-scheme:dark){:root{" + Palette.declarations(isDark: true) + "}}\n"
      + screen
      + "@media print{:root{color-scheme:light;" + Palette.declarations(isDark: false) + "}\n"
      + paper + "}\n"
  }

  private static let screen = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    :lang(zh){line-height:1.7}
    main,header,footer{max-width:68rem;margin:0 auto;padding:0 1rem}
    header{padding-top:2rem}
    h1{font-size:1.5rem;line-height:1.3;font-weight:650;margin:.35rem 0 1.1rem;letter-spacing:-.01em;text-wrap:pretty}
    :lang(zh) h1{letter-spacing:0;line-height:1.45}
    h2{font-size:1.25rem;line-height:1.35;font-weight:650;margin:3rem 0 .9rem;padding-top:1.1rem;border-top:1px solid var(--line)}
    h3{font-size:1.05rem;line-height:1.4;font-weight:650;margin:2.2rem 0 .6rem}
    h4{font-size:.95rem;font-weight:650;margin:1.6rem 0 .5rem}
    h5{font-size:.9rem;font-weight:650;margin:1.2rem 0 .4rem;color:var(--soft)}
    p{margin:.5rem 0;max-width:46rem}
    ul,ol{padding-left:1.2rem;margin:.5rem 0}
    li{margin:.2rem 0}
    a{color:var(--link);text-underline-offset:.15em}
    :focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
    .over{color:var(--soft);font-size:.875rem;margin:0}
    .soft,figcaption,caption{color:var(--soft)}
    .small{font-size:.875rem}
    .skip{position:absolute;left:-99rem}
    .skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.3rem .6rem;z-index:2}
    .verdict{border:1px solid var(--line);border-left-width:5px;border-radius:6px;padding:.8rem 1rem;margin:0 0 1rem;background:var(--wash)}
    .verdict p{margin:0}
    .verdict .lead{font-weight:650;font-size:1.05rem}
    .verdict ul{list-style:none;padding:0;margin:.5rem 0 0}
    .verdict li{padding:.35rem 0 .35rem 1.7rem;position:relative;border-top:1px solid var(--line)}
    .verdict li:first-child{border-top:0}
    .verdict li>.mark{position:absolute;left:0;top:.35rem}
    .verdict.holds{border-color:var(--good);background:var(--goodwash)}
    .verdict.fails{border-color:var(--bad);background:var(--badwash)}
    .verdict.unknown{border-color:var(--doubt);background:var(--doubtwash)}
    .holds>.mark,.holds>.lead,.word.holds{color:var(--good)}
    .fails>.mark,.fails>.lead,.word.fails{color:var(--bad)}
    .unknown>.mark,.unknown>.lead,.word.unknown{color:var(--doubt)}
    .mark,.word{font-weight:650}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(13.5rem,100%),1fr));gap:.75rem;margin:0 0 1.2rem;padding:0;list-style:none}
    .tiles>li{margin:0;border:1px solid var(--line);border-radius:6px;padding:.75rem .9rem}
    .tiles p{margin:0}
    .tiles .what{color:var(--soft);font-size:.875rem;line-height:1.35}
    .tiles .figure{font-size:1.35rem;font-weight:650;line-height:1.35;margin:.15rem 0}
    .tiles .figure small{font-size:.875rem;font-weight:400;color:var(--soft)}
    .same .figure{color:var(--soft)}
    nav ol{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;padding:0;margin:0;font-size:.875rem}
    nav li{margin:0}
    .box{overflow-x:auto;margin:.6rem 0 1rem;border:1px solid var(--line);border-radius:6px}
    .box:focus-visible{outline-offset:0}
    .box.tall{max-height:36rem;overflow:auto}
    .box.tall thead th{position:sticky;top:0;z-index:1}
    table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.45}
    caption{text-align:left;padding:.6rem .75rem .4rem;font-size:.875rem}
    caption span{display:inline-block;position:sticky;left:.75rem;max-width:min(46rem,calc(100vw - 4rem))}
    .long tbody th,.long td.t{min-width:7rem}
    th,td{padding:.4rem .75rem;text-align:left;vertical-align:top;border-top:1px solid var(--line);min-width:4.5rem}
    thead th{border-top:0;background:var(--wash);font-weight:600;vertical-align:bottom;white-space:nowrap}
    caption+thead th{border-top:1px solid var(--line)}
    tbody th{font-weight:400}
    td.n,th.n{text-align:right}
    td.n{white-space:nowrap}
    td.bar,th.bar{min-width:6rem;width:18%}
    td.wide,th.wide{min-width:12rem}
    tfoot td,tfoot th{border-top:2px solid var(--line);font-weight:650}
    tr.none td,tr.none th{color:var(--soft)}
    tr.in>td{border-top:0;padding-top:0;padding-bottom:.3rem}
    tr.in details{margin:0}
    th button{font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:0;margin:0;cursor:pointer;text-align:inherit}
    th button::after{content:" ↕";color:var(--soft);font-weight:400}
    th[aria-sort=ascending] button::after{content:" ↑";color:var(--ink)}
    th[aria-sort=descending] button::after{content:" ↓";color:var(--ink)}
    .filter{display:block;margin:.6rem 0 0;font-size:.875rem;color:var(--soft)}
    .filter input{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--soft);border-radius:4px;padding:.25rem .5rem;margin-left:.4rem;width:min(18rem,100%)}
    .rise{color:var(--rise)}
    .fall{color:var(--fall)}
    figure{margin:.8rem 0 1rem}
    figcaption{font-size:.875rem;margin:0 0 .4rem;max-width:46rem}
    svg{display:block;width:100%;height:auto;font:inherit;font-variant-numeric:tabular-nums}
    svg text{fill:var(--ink);font-size:13px}
    svg text.soft{fill:var(--soft)}
    svg text.small{font-size:12px}
    svg text.strong{font-weight:650}
    svg .axis{stroke:var(--soft);stroke-width:1}
    svg .grid{stroke:var(--line);stroke-width:1}
    svg .f-rise{fill:var(--rise)} svg .f-fall{fill:var(--fall)} svg .f-flow{fill:var(--flow)}
    svg .f-ink{fill:var(--ink)} svg .f-line{fill:var(--line)}
    svg .ribbon{fill:var(--flow);fill-opacity:.32}
    svg .ribbon:hover{fill-opacity:.6}
    svg .s-ink{stroke:var(--ink);stroke-width:2.5;stroke-linecap:round}
    svg .s-soft{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
    svg .s-bad{stroke:var(--bad);stroke-width:2}
    svg .t-good{fill:var(--good)} svg .t-bad{fill:var(--bad)} svg .t-doubt{fill:var(--doubt)}
    .chart.broad{display:none}
    .chart.slim{max-width:26rem}
    td svg{width:100%;height:.85rem;min-width:5rem;margin-top:.25rem}
    details{margin:.3rem 0}
    summary{cursor:pointer;color:var(--link);font-size:.875rem;width:fit-content}
    .edits{list-style:none;padding:0;margin:0;display:grid;gap:.75rem}
    .edits>li{border:1px solid var(--line);border-radius:6px;margin:0;overflow:hidden}
    .edits .head{padding:.6rem .9rem;margin:0;max-width:none}
    .edits .head b{font-weight:650}
    .edits .no{display:inline-block;min-width:1.6em;font-weight:650}
    .tag{display:inline-block;border:1px solid var(--line);border-radius:3px;padding:0 .4em;font-size:.8125rem;color:var(--soft);margin-right:.3em}
    .place{color:var(--soft);font-size:.8125rem;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK SC",monospace}
    .code{margin:0;padding:.5rem .9rem;background:var(--wash);border-top:1px solid var(--line);font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK SC","PingFang SC","Microsoft YaHei",monospace;white-space:pre-wrap}
    .code del,.code ins{display:block;text-decoration:none;padding-left:1.4em;text-indent:-1.4em}
    .code del{color:var(--fall)} .code ins{color:var(--rise)}
    .edits .effect{padding:.55rem .9rem;margin:0;border-top:1px solid var(--line);font-size:.875rem;list-style:none}
    .why{display:grid;gap:.5rem 1.5rem;grid-template-columns:1fr;position:sticky;left:.75rem;width:min(64rem,calc(100vw - 5rem));padding:.2rem 0 .6rem}
    .why>div{min-width:0}
    .why h6{font-size:.8125rem;font-weight:650;color:var(--soft);margin:0 0 .2rem}
    .why p{margin:0 0 .2rem;font-weight:600}
    .why ul{list-style:none;padding-left:.9rem;margin:0;border-left:1px solid var(--line)}
    .why>div>ul{padding-left:0;border:0}
    .why li{margin:.1rem 0}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;margin:.6rem 0}
    dt{color:var(--soft)} dd{margin:0;min-width:0}
    footer{margin-top:3rem;padding-bottom:3rem;font-size:.8125rem;color:var(--soft)}
    .onpaper{display:none}
    @media (min-width:44rem){
    body{font-size:16px}
    main,header,footer{padding-left:1.5rem;padding-right:1.5rem}
    h1{font-size:1.75rem}
    td.wide,th.wide{min-width:15rem}
    .chart.broad{display:block}.chart.slim{display:none}
    .why{grid-template-columns:1fr 1fr;width:min(62rem,calc(100vw - 7rem))}
    }
    @media (max-width:28rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}th,td{padding:.4rem .55rem}}

    """

  private static let paper = """
    @page{margin:16mm 14mm}
    body{font-size:10pt}
    main,header,footer{max-width:none;padding:0}
    header{padding-top:0}
    h1{font-size:16pt}h2{font-size:13pt;margin-top:1.6rem}
    h2,h3,h4,figcaption,caption{break-after:avoid}
    figure,.tiles>li,.verdict,.edits>li,tr,.box:not(.tall){break-inside:avoid}
    nav,.filter,.skip,details:not([open]){display:none}
    .box,.box.tall{overflow:visible;max-height:none}.box.tall thead th{position:static}
    .box:has(th:nth-child(9)) table{font-size:6.5pt}.box:has(th:nth-child(9)) :is(th,td,thead th){white-space:normal;min-width:0;padding:.2rem .25rem}
    .why{position:static;width:auto}caption span{position:static;max-width:none}
    .onpaper{display:block}
    table.long>tbody:nth-of-type(n+41){display:none}
    a{color:inherit;text-decoration:none}
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    th button::after{content:""}

    """
}
