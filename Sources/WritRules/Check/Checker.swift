public import WritModel
public import WritSyntax
public import WritText

/// A table kept in a file beside the rules: its header and its rows, as text.
public struct TableFile: Sendable {
  public var header: [String]
  public var rows: [[String]]

  public init(header: [String], rows: [[String]]) {
    self.header = header
    self.rows = rows
  }
}

/// Finds the file that a `table … from` or `enum … from` names: the name as written and the rule
/// file it is written in. nil: there is no such file.
public typealias TableFiles = (_ file: String, _ beside: SourceID) -> TableFile?

extension Program {
  /// Checks rule files and lowers them. Always gives a program; it may run only if no diagnostic is
  /// an error. The diagnostics are sorted by position; `effort` is how far the analysis looks.
  ///
  /// Symbols go on from `texts`: where facts were read with an earlier form of the rules, theirs
  /// stay valid under the new one. `analyzing` false leaves out what is only told about the rules.
  /// `memo` knows the searches of rule sets that are much alike, and saves time only.
  public static func checking(
    _ files: [FileTree], sources: Sources, tables: TableFiles = { _, _ in nil },
    texts: Interner = Interner(), effort: Analysis.Effort = .thorough, analyzing: Bool = true,
    memo: Analysis.Memo? = nil
  ) -> (program: Program, diagnostics: [Diagnostic]) {
    withoutActuallyEscaping(tables) { tables in
      var checker = Checker(files: files, sources: sources, tables: tables)
      checker.program.texts = texts
      checker.effort = effort
      checker.memo = memo
      checker.run()
      let found = analyzing ? checker.findings : checker.diagnostics.sortedByPosition()
      return (checker.program, found)
    }
  }
}

/// Turns trees into a program: finds names and types and lowers everything to the four words.
///
/// Checking goes in two steps. First every name is declared, so that a file may use what a later
/// one declares. Then bodies are lowered *on demand*: who reads a name that has not been lowered
/// lowers its unit first. So an attribute stands behind those it reads, and a unit that is met
/// again while it is being lowered is a circle, which is printed with its path.
///
/// Everything that a construct needs in view while its expressions are checked (binders, the
/// subject, block words) travels in a `Scope` value, because lowering one unit may begin another.
struct Checker {
  let files: [FileTree]
  let sources: Sources
  let tables: TableFiles
  /// The language each file's words are written in.
  let languages: [SourceID: Language]
  var program = Program()
  var diagnostics: [Diagnostic] = []
  var symbols = Symbols()
  /// One a declaration, in written order (files in the order of their paths).
  var units: [Unit] = []
  /// The units that are being lowered, outermost first.
  var running: [UnitID] = []
  var derived: [Derived] = []
  var builder = Builder()
  /// The decision that a unit made, once it has been lowered.
  var decisions: [UnitID: DecisionID] = [:]
  /// `require … stops X`: the units of the requires, by the decision they stop.
  var stoppers: [DerivedID: [UnitID]] = [:]
  /// The rule by which a `require` stops a decision and the condition under which it does.
  var stops: [UnitID: (rule: RuleID, condition: TermID)] = [:]
  /// What tests, variants and other blocks call `territories Account`, `price Line as dealer`.
  var blocks: [BlockKey: UnitID] = [:]

  /// How far the analysis looks.
  var effort = Analysis.Effort.thorough
  /// The searches that were done for other rule sets.
  var memo: Analysis.Memo?
  /// How deep checking is in; see `deepest`.
  var depth = 0
  /// Blanks that have been warned of.
  var warnedBlanks: Set<BlankPlace> = []
  /// The texts that each field is compared with.
  var textUses: [FieldID: [String: TextUse]] = [:]
  /// How often a text was noted there.
  var textsNoted = 0
  /// What the kinds of rule leave for each other.
  var kinds = KindNotes()

  init(files: [FileTree], sources: Sources, tables: @escaping TableFiles) {
    // Written order between files is the order of their sources, however they were given.
    self.files = files.sorted { $0.source < $1.source }
    self.sources = sources
    self.tables = tables
    languages = Dictionary(
      files.map { ($0.source, $0.language) }, uniquingKeysWith: { first, _ in first })
  }

  /// All the passes, in order.
  mutating func run() {
    makeFirstTerms()
    collectUnits()
    adjustUnits()
    declareCurrencies()
    declareTypes()
    declareFields()
    declareBuiltIns()
    for unit in units.indices { declare(UnitID(unit)) }
    settleNames()
    resolveDefaults()
    for unit in loweringOrder() { lower(unit) }
    sortDecisions()
    // What measures alone read is known by standing behind all else.
    for unit in units.indices where units[unit].isLast && !units[unit].isForReading {
      lower(UnitID(unit))
    }
    kinds.gathersBefore = program.gathers.count
    for unit in units.indices where units[unit].isLast { lower(UnitID(unit)) }
    sortMeasures()
    finish()
  }

  /// What was found, by position; with the analysis of all rules if everything checked, because
  /// what did not would only breed further messages.
  var findings: [Diagnostic] {
    var all = diagnostics
    if !all.hasErrors {
      let found = Analysis.diagnostics(of: program, effort: effort, memo: memo)
      all += found
      if effort == .thorough { all += findingsAtEnds(besides: found) + findingsOfVariants() }
    }
    return all.sortedByPosition()
  }

  mutating func report(_ diagnostic: Diagnostic) {
    diagnostics.append(diagnostic)
  }
}

/// Names one unit of a check: an index into its `units`.
struct UnitID: Hashable, Sendable {
  let index: Int32
  init(_ index: Int) { self.index = Int32(index) }
}

/// Names one derived name of a check: an index into its `derived`.
struct DerivedID: Hashable, Sendable {
  let index: Int32
  init(_ index: Int) { self.index = Int32(index) }
}

/// One declaration on its way from tree to program.
struct Unit {
  enum State {
    case waiting, running, done
  }
  var declaration: Declaration
  var state = State.waiting
  /// What a circle's path calls it: `Account.grade`, `price Line`.
  var title: String
  /// Tests, variants and the like, which nothing reads: lowered when all else is known.
  var isLast = false
  /// Tests and measures, which only ask.
  var isForReading: Bool {
    switch declaration.kind {
    case .test, .measure: true
    default: false
    }
  }
}

/// Which block: `territories Account`, `price Line as dealer`, `authorize discount`.
struct BlockKey: Hashable {
  var kind: BlockReference.Kind
  var record: RecordID?
  /// The `as` name; for tables, decides and authorized attributes their own name.
  var name: String?
}
