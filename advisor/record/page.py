"""The page template of the HTML record. All texts pass through Jinja's automatic escaping."""

STYLE = """
:root{color-scheme:light dark;--ink:#1b2430;--soft:#55606e;--line:#d5dbe3;--ground:#fff;--band:#f3f6f9}
@media(prefers-color-scheme:dark){
:root{--ink:#e6eaf0;--soft:#a5afbc;--line:#3a4552;--ground:#14191f;--band:#1d242c}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main,header,nav{max-width:60rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 1rem}
h2{font-size:1.3rem;line-height:1.3;margin:2.5rem 0 .75rem;padding-top:.75rem;
border-top:1px solid var(--line)}
p,li,dd,h1,h2,a{overflow-wrap:anywhere}
.strong{font-weight:650}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.2rem 1rem;margin:0}
dt{color:var(--soft)}dd{margin:0}
nav ol{columns:2;column-gap:2rem;padding:1rem 1rem 1rem 1.5rem;background:var(--band);list-style:none}
nav a{color:inherit}
.wide{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;font-weight:600;padding:.25rem 0;color:var(--ink)}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;min-width:5rem;max-width:26rem;
overflow-wrap:break-word;
border-bottom:1px solid var(--line)}
thead th{background:var(--band)}
.number{text-align:right;font-variant-numeric:tabular-nums}
ul.checklist{list-style:"\\2610\\00a0\\00a0"}
figure{margin:1rem 0}figure svg{width:100%;max-width:44rem;height:auto;display:block}
figcaption{font-weight:600;margin-bottom:.5rem}
pre{background:var(--band);padding:1rem;overflow-x:auto;font-size:.85rem;white-space:pre-wrap;overflow-wrap:anywhere}
footer{height:3rem}
a:focus-visible,.wide:focus-visible{outline:2px solid currentColor;outline-offset:2px}
@media(max-width:40rem){table.many{min-width:44rem}
nav ol{columns:1}dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
@media print{
:root{--ink:#000;--soft:#333;--line:#bbb;--ground:#fff;--band:#f3f3f3;color-scheme:light}
@page{margin:18mm 16mm}
body{font-size:10pt}nav{display:none}main,header{max-width:none;padding:0}
h2{break-after:avoid}tr,figure,li{break-inside:avoid}thead{display:table-header-group}
.wide{overflow:visible}}
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="referrer" content="no-referrer">
<title>{{ content.title | line }}</title>
<style>{{ style }}</style>
</head>
<body>
<header>
<h1>{{ content.title | line }}</h1>
<dl>
{% for label, value in content.facts %}
<dt>{{ label | line }}</dt><dd>{{ value | line }}</dd>
{% endfor %}
</dl>
</header>
<nav aria-label="Contents">
<ol>
{% for section in content.sections %}
<li><a href="#{{ section.key }}">{{ section.heading | line }}</a></li>
{% endfor %}
</ol>
</nav>
<main>
{% for section in content.sections %}
<section id="{{ section.key }}" aria-labelledby="{{ section.key }}-h">
<h2 id="{{ section.key }}-h">{{ section.heading | line }}</h2>
{% for block in section.blocks %}
{% if kind(block) == "Paragraph" %}
<p{% if block.strong %} class="strong"{% endif %}>{{ block.text | line }}</p>
{% elif kind(block) == "Bullets" %}
<ul{% if block.checklist %} class="checklist"{% endif %}>
{% for item in block.items %}
<li>{{ item | line }}</li>
{% endfor %}
</ul>
{% elif kind(block) == "Table" %}
<div class="wide" tabindex="0" role="region" aria-label="{{ block.caption | line }}">
<table{% if block.columns | length > 3 %} class="many"{% endif %}>
<caption>{{ block.caption | line }}</caption>
<thead><tr>
{% for column in block.columns %}
<th scope="col"{% if loop.index0 in block.numeric %} class="number"{% endif %}>{{ column | line }}</th>
{% endfor %}
</tr></thead>
<tbody>
{% for row in block.rows %}
<tr>
{% for cell in row %}
{% if loop.first %}
<th scope="row">{{ cell | line }}</th>
{% else %}
<td{% if loop.index0 in block.numeric %} class="number"{% endif %}>{{ cell | line }}</td>
{% endif %}
{% endfor %}
</tr>
{% endfor %}
</tbody>
</table>
</div>
{% elif kind(block) == "Bars" %}
<figure>
<figcaption>{{ block.caption | line }}</figcaption>
{{ drawn(block, section.key ~ "-" ~ loop.index) }}
</figure>
{% else %}
<pre><code>{{ block.text | visible }}</code></pre>
{% endif %}
{% endfor %}
</section>
{% endfor %}
</main>
<footer></footer>
</body>
</html>
"""
