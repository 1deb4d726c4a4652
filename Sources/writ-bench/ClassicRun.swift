import Glibc
import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

/// A classic as the program runs it: its rule files from the playground, checked and compiled, and
/// records read from JSON Lines.
struct ClassicRun {
  let program: Program
  let network: Network
  let facts: Facts

  /// nil, with a line of results that says why, where the rules are not there or do not check.
  init?(_ data: ClassicData) {
    guard let program = Self.program(data.program) else { return nil }
    self.program = program
    network = Network(compiling: program)
    var facts = Facts(schema: program.schema, texts: program.texts)
    for (index, source) in program.data.enumerated() {
      guard let file = data.files.first(where: { $0.name == source.file }) else {
        reportError("\(data.name) has no \(source.file)")
        return nil
      }
      let plan = ReadPlan(reading: source.record, of: program.schema, format: .jsonLines)
      var reader = RecordReader(plan, schema: program.schema, file: index)
      reader.read(Array(file.text.utf8), isLast: true, into: &facts)
      guard reader.rejectedCount == 0, reader.problems.isEmpty else {
        reportError("\(data.name)/\(source.file) does not fit the rules")
        return nil
      }
    }
    _ = facts.linkAll()
    self.facts = facts
  }

  /// A memory in which nothing has fired.
  func memory() -> Memory { Memory(network, facts: facts, today: 20_000) }

  /// How often each rule fired, by its title.
  func firings(_ settlement: Settlement) -> [String: Int] {
    var counts: [String: Int] = [:]
    for (index, count) in settlement.firingsOf.enumerated() {
      counts[program[program.productions[index].rule].title] = count
    }
    return counts
  }

  /// A number that follows from every firing in turn: its rule, its records and its age.
  var fingerprint: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ number: Int) {
      hash = (hash ^ UInt64(truncatingIfNeeded: number)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    memory().settle(maxFirings: 10_000_000) { firing in
      add(Int(firing.match.production.index))
      for row in firing.match.rows { add(row) }
      add(firing.age)
    }
    return String(hash, radix: 16)
  }

  private static func program(_ program: ClassicData.Program) -> Program? {
    var sources = Sources()
    for name in [program.rawValue, "geometry"] {
      let path = "\(playground)/\(program.rawValue)/\(name).writ"
      if let text = contents(of: path) { _ = sources.add(Source(name: path, text: text)) }
    }
    guard !sources.all.isEmpty else {
      reportError("no rules in \(playground)/\(program.rawValue)")
      return nil
    }
    var diagnostics: [Diagnostic] = []
    let trees = sources.all.indices.map { index in
      let parsed = Parser.parse(sources[SourceID(index)], id: SourceID(index))
      diagnostics += parsed.diagnostics
      return parsed.tree
    }
    let checked = Program.checking(trees, sources: sources)
    diagnostics += checked.diagnostics
    if let error = diagnostics.first(where: { $0.severity == .error }) {
      reportError("\(program.rawValue): \(error.message.english)")
      return nil
    }
    return checked.program
  }

  /// Beside the sources that this program was built from, unless it is run elsewhere.
  private static let playground: String = {
    let here = "playground/classics"
    if access(here, R_OK) == 0 { return here }
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    return parts.joined(separator: "/") + "/" + here
  }()
}

extension ClassicData {
  /// How often rules fire whatever the order, by title; "" is all of them together. What is not in
  /// here depends on which of several equal steps comes first.
  var firings: [String: Int] {
    let columns = size + 1
    switch program {
    case .manners: return ["": size * (size - 1) / 2 + 4 * size - 1]
    case .waltz: return ["": 276 * columns - 12]
    case .waltzdb:
      let lines = 76 * columns - 4
      let corners = (three: 32 * columns - 8, two: 28 * columns + 8)
      return [
        "reverse_edges": lines, "marking": lines, "checking2": lines,
        "make_3_junction": corners.three, "make_L": corners.two,
        "start_visit_3_junction": corners.three - 1, "start_visit_2_junction": corners.two - 1,
      ]
    }
  }
}
