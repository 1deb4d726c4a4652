import Support
import Testing
import WritModel
import WritText

@testable import WritRules

/// Decision tables of a public suite with their gaps and overlaps, compared as regions: how a region
/// is cut into boxes is the analyser's own choice.
@Suite struct AnalysisSuiteTests {
  static let folder = "suites/dt-analysis/tables"

  @Test func `finds the gaps and overlaps of the suite`() throws {
    let names = SharedFiles.names(in: Self.folder)
    var compared = 0
    for name in names {
      guard let bytes = SharedFiles.bytes("\(Self.folder)/\(name)") else { continue }
      let table = SuiteTable(try JSON.parse(bytes))
      compared += table.check(name)
    }
    if !names.isEmpty { #expect(compared >= 40, "compared only \(compared) findings") }
  }
}

/// One table of the suite as a program.
struct SuiteTable {
  let json: JSON
  var build = GuardProgram()
  var columns: [ValueType] = []
  var rows: [TermID] = []
  var domain: TermID?

  init(_ json: JSON) {
    self.json = json
    let written = json["columns"]?.items ?? []
    for column in written { columns.append(type(of: column)) }
    rows = (json["rules"]?.items ?? []).map { rule in
      let cells = rule["plain"]?.items ?? []
      return build.all(cells.enumerated().compactMap { cell($0.element, column: $0.offset) })
    }
    let domains = written.enumerated().compactMap { index, column -> TermID? in
      guard columns[index] == .number, let domain = column["domain"] else { return nil }
      if domain["values"] != nil { return cell(domain, column: index) }
      return interval(domain, column: index)
    }
    domain = domains.isEmpty ? nil : build.all(domains)
  }

  private mutating func type(of column: JSON) -> ValueType {
    switch column["type"]?.text {
    case "boolean": return .boolean
    case "string":
      guard let values = column["domain"]?["values"]?.items else { return .text }
      return .member(build.addEnum(values.compactMap(\.text)))
    case "date": return .date
    default: return .number
    }
  }

  /// A cell as a condition on its column; nil for `any`.
  private mutating func cell(_ cell: JSON, column: Int) -> TermID? {
    if cell.text == "any" { return nil }
    let slot = build.slot(column, columns[column])
    let known = build.operation(.isKnown, slot)
    let isNegated = cell["not"]?.boolean == true
    var parts: [TermID] = []
    for value in cell["values"]?.items ?? [] {
      parts.append(build.operation(.equal, slot, constant(value, column: column)))
    }
    for part in cell["intervals"]?.items ?? [] {
      parts.append(interval(part, column: column) ?? known)
    }
    if cell["null"]?.boolean == true { parts.append(build.operation(.not, known)) }
    let all = build.any(parts)
    return isNegated ? build.all([known, build.operation(.not, all)]) : all
  }

  /// nil for a range that is open on both sides.
  private mutating func interval(_ range: JSON, column: Int) -> TermID? {
    let lower = bound(range["lo"], column: column)
    let upper = bound(range["hi"], column: column)
    if lower == nil, upper == nil { return nil }
    let slot = build.slot(column, columns[column])
    let absent = build.constant(.missing(Cause(.stated)), columns[column])
    return build.operation(
      .inRange(
        includesLower: range["loClosed"]?.boolean == true,
        includesUpper: range["hiClosed"]?.boolean == true, hasLower: lower != nil,
        hasUpper: upper != nil), slot, lower ?? absent, upper ?? absent)
  }

  private mutating func bound(_ value: JSON?, column: Int) -> TermID? {
    guard let value, !value.isNull, value.text != "-inf", value.text != "+inf" else { return nil }
    return constant(value, column: column)
  }

  private mutating func constant(_ value: JSON, column: Int) -> TermID {
    switch columns[column] {
    case .boolean: return build.constant(.boolean(value.boolean == true), .boolean)
    case .member(let id):
      let ordinal = build.program.schema[id].members.firstIndex { $0.name == value.text }
      return build.constant(.member(ordinal ?? -1, of: id), .member(id))
    case .text: return build.text(value.text ?? "")
    case .date:
      let date = CivilDate(value.text ?? "")
      return build.constant(.date(days: Int32(date?.days ?? 0)), .date)
    default: return build.number(value.text ?? "0")
    }
  }

  /// A box of the expectations as a condition.
  private mutating func box(_ box: JSON) -> TermID {
    let sides = box.items ?? []
    return build.all(
      sides.enumerated().compactMap { index, side in
        side["values"] != nil
          ? cell(side, column: index)
          : side.text == "any" ? nil : interval(side, column: index)
      })
  }

  /// Compares what is expected with what is found; returns how many findings were compared.
  func check(_ name: String) -> Int {
    var copy = self
    var compared = 0
    let gaps = json["expect"]?["gaps"]
    let overlaps = json["expect"]?["overlaps"]
    let gapBoxes = gaps?["boxes"]?.items?.map { copy.box($0) }
    let overlapBoxes = overlaps?["boxes"]?.items?.map { item in
      (
        rules: (item["rules"]?.items ?? []).compactMap(\.integer),
        term: copy.box(item["box"] ?? .null)
      )
    }
    let regions = Regions(
      of: copy.rows, within: copy.domain,
      comparing: (gapBoxes ?? []) + (overlapBoxes ?? []).map(\.term), in: copy.build.program)

    if let gapBoxes {
      compared += 1
      let expected = gapBoxes.flatMap { regions.region(of: $0) }
      #expect(regions.gaps().map { regions.isSame($0, expected) } == true, "gaps of \(name)")
    } else if let count = gaps?["count"]?.integer {
      compared += 1
      #expect((regions.gaps() ?? []).isEmpty == (count == 0), "gaps of \(name)")
    }
    if gaps?["skipped"] != nil {
      compared += 1
      var table = copy.build
      table.addTable(copy.rows, parameters: copy.columns, policy: .first)
      let codes = Analysis.diagnostics(of: table.program).map(\.code)
      #expect(!codes.contains { $0.contains("gap") }, "no gap of \(name): \(codes)")
    }
    if let overlapBoxes {
      compared += 1
      let expected = overlapBoxes.flatMap { regions.region(of: $0.term) }
      #expect(regions.isSame(regions.overlaps(), expected), "overlaps of \(name)")
      for (rules, term) in overlapBoxes {
        let holding = regions.holding(in: regions.region(of: term))
        let wanted = rules.map { $0 - 1 }
        #expect(holding.everywhere == wanted, "overlap \(rules) of \(name)")
        #expect(holding.somewhere == wanted, "overlap \(rules) of \(name)")
      }
    } else if let count = overlaps?["count"]?.integer {
      compared += 1
      #expect(regions.overlaps().isEmpty == (count == 0), "overlaps of \(name)")
    }
    return compared
  }
}
