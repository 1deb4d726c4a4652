import Support
import Testing
import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

@testable import WritReplay

/// Rows that are written in bulk say what `Wording` says of each cell, whatever came before them.
struct RowFormTests {
  private static let rules = #"""
    currency CNY
    enum Size "规模" { small "小", large "大" }
    record Deal "商机" {
      id : text key
      name : text called
      amount : money
      rate : percent?
      closed : date?
      size : Size?
    }
    decide fit for Deal -> Size, first {
      "known small" : when size = small : small
      "rated high" : when rate > 10% : large
      "little" : when amount < 100 : missing because "too little"
      otherwise large
    }
    define Deal.share = rate * 2
    define Deal.due = closed + 30 days
    define Deal.big = amount > 500
    """#

  private func memory() throws -> Memory {
    var sources = Sources()
    let id = sources.add(Source(name: "a.writ", text: Self.rules))
    let (tree, mistakes) = Parser.parse(sources[id], id: id)
    let (program, found) = Program.checking([tree], sources: sources)
    let errors = (mistakes + found).filter { $0.severity == .error }
    try #require(errors.isEmpty, "\(errors.map(\.message.english))")
    var facts = Facts(schema: program.schema, texts: program.texts)
    var random = SeededGenerator(seed: 0x0F0E)
    let names = ["Acme", "a,b", "say \"so\"", " 华东", "two\nlines", "", "back\\slash", "plain name"]
    for number in 0..<3_000 {
      func text(_ text: String) -> Value { .text(facts.texts.intern(text)) }
      func maybe(_ value: Value) -> Value {
        Int.random(in: 0..<4, using: &random) == 0 ? .missing(Cause(.blankField)) : value
      }
      let id = text("D\(number)")
      let values = [
        id, text(names[Int.random(in: 0..<names.count, using: &random)]),
        .money(
          Decimal(mantissa: .random(in: -99...99_999, using: &random), scale: 2), CurrencyID(0)),
        maybe(.number(Decimal(mantissa: .random(in: 0...400, using: &random), scale: 3))),
        maybe(.date(days: .random(in: 0...40_000, using: &random))),
        maybe(.member(Int.random(in: 0...1, using: &random), of: EnumID(0))),
      ]
      #expect(facts[RecordID(0)].append(values, key: [id]) == number)
    }
    return Memory(Network(compiling: program), facts: facts, today: 20_000)
  }

  @Test(arguments: [Language.english, .chinese])
  func `each cell is in the words of its value`(_ language: Language) throws {
    let memory = try memory()
    let program = memory.network.program
    let wording = Wording(program: program, language: language)
    let section = try #require(Report(program: program, only: []).sections.first)
    #expect(section.columns.count >= 5)
    let redaction = Redaction(program: program, viewer: nil)
    var json = RowForm(section, wording, as: .jsonLines)
    var csv = RowForm(section, wording, as: .csv)
    var outcomes: Set<String> = []
    for start in stride(from: 0, to: 3_000, by: 700) {
      let rows = ReportRows(
        section, rows: start..<min(start + 700, 3_000), in: memory, wording: wording,
        redaction: redaction)
      var lines = Outgoing(room: 1)
      var cells = Outgoing(room: 1)
      json.write(rows, into: &lines)
      csv.write(rows, into: &cells)
      var (wantedLines, wantedCells) = ("", "")
      for row in 0..<rows.count {
        wantedLines += "{\"record\":\"Deal\""
        for (index, column) in section.columns.enumerated() {
          let value = rows.decided(index, row)
          outcomes.insert("\(value.tag)")
          wantedLines += ","
          JSONText.writeText(column.name.name, into: &wantedLines)
          wantedLines += ":"
          wording.json(value, column.type, in: memory.facts).write(into: &wantedLines)
          if index > 0 { wantedCells += "," }
          if value.tag != .missing {
            CSVText.write(
              wording.text(value, column.type, in: memory.facts), into: &wantedCells)
          }
        }
        wantedLines += "}\n"
        wantedCells += "\r\n"
      }
      #expect(lines.withBytes { String(decoding: $0, as: UTF8.self) } == wantedLines)
      #expect(cells.withBytes { String(decoding: $0, as: UTF8.self) } == wantedCells)
    }
    let wanted: Set<String> = ["text", "member", "none", "undetermined", "number", "date"]
    #expect(wanted.isSubset(of: outcomes), "\(outcomes)")
  }
}
