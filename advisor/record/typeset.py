"""The Typst source of the PDF record. It is ours alone: every text arrives as data and is set as text."""

TYPST = r"""
#let record = json(bytes(sys.inputs.record))
#set document(title: record.title, date: auto)
#set page(
  paper: "a4",
  margin: (x: 20mm, y: 22mm),
  footer: context [
    #set text(size: 8pt)
    #record.short #h(1fr) #counter(page).display("1 / 1", both: true)
  ],
)
#set text(lang: "en", size: 10pt, font: "Libertinus Serif")
#set par(leading: 0.62em, spacing: 0.9em)
#set list(indent: 0.4em)
#show heading.where(level: 2): it => block(above: 1.6em, below: 0.8em, sticky: true, it)
#show raw: set text(size: 8pt)
#show table.cell: set par(leading: 0.5em)
#show table.cell.where(y: 0): set text(weight: "bold")
#set table(stroke: (x, y) => (bottom: 0.4pt + luma(180)), inset: (x: 4pt, y: 4pt))

#let as-text(value) = text(value)

#let paragraph(b) = par(if b.strong { strong(as-text(b.text)) } else { as-text(b.text) })
#let bullets(b) = list(
  marker: if b.checklist { box(width: 0.7em, height: 0.7em, stroke: 0.6pt) } else { [•] },
  ..b.items.map(as-text),
)
#let rows(b) = {
  let count = b.columns.len()
  block(sticky: true, below: 0.5em, strong(as-text(b.caption)))
  set text(size: if count > 4 { 8pt } else { 8.5pt })
  table(
    columns: b.widths.map(width => width * 1fr),
    align: (x, y) => if b.numeric.contains(x) { right } else { left },
    table.header(..b.columns.map(as-text)),
    ..b.rows.flatten().map(as-text),
  )
}
#let chart(b) = block(breakable: false)[
  #block(sticky: true, below: 0.5em, strong(as-text(b.caption)))
  #image(bytes(b.svg), format: "svg", width: 90%, alt: b.description)
]
#let letters(b) = raw(b.text, block: true)
#let renderers = (
  paragraph: paragraph, bullets: bullets, table: rows, bars: chart, code: letters,
)

#heading(level: 1, as-text(record.title))
#if record.caution != "" { par(strong(as-text(record.caution))) }
#grid(
  columns: (auto, 1fr),
  row-gutter: 0.65em,
  column-gutter: 1.2em,
  ..record.facts.flatten().map(as-text),
)
#for section in record.sections {
  heading(level: 2, as-text(section.heading))
  for b in section.blocks { (renderers.at(b.kind))(b) }
}
"""
