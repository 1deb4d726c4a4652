public import WritModel
import WritNetwork
public import WritReplay
public import WritRules
public import WritSyntax
public import WritText

/// What a watcher saw and what it means: one a save.
public struct WatchEvent: Sendable {
  /// What happened.
  public enum Kind: String, Sendable {
    /// Watching began.
    case started
    /// The rules check; decisions were made anew.
    case decided
    /// The rules do not check; the last good ones stay in force.
    case broken
    /// The data cannot be read; the last good ones stay in force.
    case unreadable
    /// Files were written, and nothing in them is other than it was.
    case same
  }
  public var kind: Kind
  /// The files that differ, by their names.
  public var files: [String]
  public var diagnostics: [Diagnostic] = []
  /// What was wrong with the data, for people.
  public var problem = ""
  /// Nothing was in force before.
  var isFirst = false
  public var tests = 0
  public var failing: [String] = []
  /// Tests that fail now and did not before, with what they expected; those that pass again.
  public var newlyFailing: [TestResult] = []
  public var newlyPassing: [String] = []
  public var changes = DecisionChanges()
  /// What differs between the rules before and now, where decisions can depend on it.
  public var edits: [RuleEdit] = []
  /// Where the spans of `edits` lie: the files before, then those that are others now.
  public var editSources = Sources()
  /// How many changed decisions each edit is charged with, in the order of `edits`; the last entry
  /// counts those that several edits or only the data brought about.
  public var charged: [Int] = []
  /// Pinned records: what is decided for them now, and what was before where it differs.
  public var pins: [Pin] = []
  public var records = 0
  public var decisions = 0
  public var sources = Sources()
  var language = Language.english

  public init(kind: Kind, files: [String]) {
    self.kind = kind
    self.files = files
  }

  /// A decision for a pinned record.
  public struct Pin: Sendable, Equatable {
    public var record: String
    public var decision: String
    public var answer: String
    public var before: String?
  }
}

/// The state of a watch: the last good rules and data, and what was decided with them.
///
/// A state machine without files or clock: its owner reads the files when they changed and hands
/// them in; `see` says what they mean. What does not check never replaces what did.
public struct Watch {
  /// Rules as they were read and checked.
  public struct Rules {
    public var sources: Sources
    public var trees: [FileTree]
    public var program: Program
    public var diagnostics: [Diagnostic]
    /// Finds the files of tables, as it did when the rules were checked.
    let tables: TableFiles
    /// The declarations that say what data are and how they are read, as written: while they stay,
    /// facts that were read stay good.
    let model: String

    public init(
      sources: Sources, trees: [FileTree], program: Program, diagnostics: [Diagnostic],
      tables: @escaping TableFiles = { _, _ in nil }
    ) {
      model = trees.flatMap(\.declarations).filter(\.isOfModel)
        .map { sources.text(of: $0.span) }.joined(separator: "\n")
      self.sources = sources
      self.trees = trees
      self.program = program
      self.diagnostics = diagnostics
      self.tables = tables
    }
  }
  private let language: Language
  private let today: Int32
  /// `Lead:L-1`
  private let pins: [(type: String, key: String)]
  private var good: Good?
  /// Whether the last look found what could not be used.
  private var isBad = false
  private var wasUnreadable = false
  /// The files of the last look, good or bad.
  private var seen: [String: [UInt8]] = [:]

  private struct Good {
    var rules: Rules
    var memory: Memory
    var snapshot: DecisionSnapshot
    var failing: [String]
  }

  public init(language: Language, today: Int32, pins: [(type: String, key: String)] = []) {
    self.language = language
    self.today = today
    self.pins = pins
  }

  /// The texts that new rules go on from, so that facts stay valid under them.
  public var texts: Interner { good?.memory.facts.texts ?? Interner() }

  /// Sees the rules as they are now. `facts` gives the data under a program, read again if
  /// `dataChanged`; it says what is wrong where they cannot be read.
  public mutating func see(
    _ rules: Rules, dataFiles: [String], facts: (Program) -> Result<Facts, WatchProblem>
  ) -> WatchEvent {
    let files = changedFiles(rules.sources) + dataFiles
    var event = WatchEvent(kind: good == nil ? .started : .decided, files: files)
    event.sources = rules.sources
    event.isFirst = good == nil
    if good != nil || isBad, files.isEmpty, !wasUnreadable {
      event.kind = .same
      return event
    }
    isBad = false
    wasUnreadable = false
    if rules.diagnostics.hasErrors {
      event.kind = .broken
      isBad = true
      event.diagnostics = rules.diagnostics.filter { $0.severity == .error }
      return event
    }
    let held: Facts
    if let good, dataFiles.isEmpty, good.rules.model == rules.model,
      let moved = good.memory.facts.migrated(to: rules.program.schema, texts: rules.program.texts)
    {
      held = moved
    } else {
      switch facts(rules.program) {
      case .success(let read): held = read
      case .failure(let problem):
        return unreadable(files, problem)
      }
    }
    let memory = Memory(Network(compiling: rules.program), facts: held, today: today)
    memory.settle()
    let snapshot = DecisionSnapshot(of: memory, language: language)
    test(rules, memory.network, into: &event)
    if let good {
      event.changes = snapshot.changes(since: good.snapshot)
      let (difference, sources) = Self.difference(from: good.rules, to: rules)
      event.edits = difference.edits.filter(\.isOfDecisions)
      event.editSources = sources
      event.language = language
      Self.charge(
        &event, difference, in: sources, (good.rules, good.memory), (rules, memory))
      event.newlyFailing = event.newlyFailing.filter { !good.failing.contains($0.title) }
      event.newlyPassing = good.failing.filter { !event.failing.contains($0) }
    }
    for section in snapshot.sections {
      event.records += section.keys.count
      event.decisions += section.keys.count * section.columns.count
    }
    event.pins = pinned(in: snapshot)
    good = Good(rules: rules, memory: memory, snapshot: snapshot, failing: event.failing)
    return event
  }

  /// Sees that files cannot be read: the next look that can is told, whatever it finds.
  public mutating func unreadable(_ files: [String], _ problem: WatchProblem) -> WatchEvent {
    isBad = true
    wasUnreadable = true
    var event = WatchEvent(kind: .unreadable, files: files)
    event.problem = problem.text
    event.isFirst = good == nil
    return event
  }

  /// The files whose bytes are other than at the last look, also those that came or went.
  private mutating func changedFiles(_ sources: Sources) -> [String] {
    var now: [String: [UInt8]] = [:]
    for source in sources.all { now[source.name] = source.bytes }
    let changed = sources.all.map(\.name).filter { seen[$0] != now[$0] }
    let gone = seen.keys.filter { now[$0] == nil }.sorted()
    seen = now
    return changed + gone
  }

  private func test(_ rules: Rules, _ network: Network, into event: inout WatchEvent) {
    event.tests = rules.program.tests.count
    for test in rules.program.tests {
      let result = TestRun.run(
        test, on: network, sources: rules.sources, language: language, today: today)
      guard result.outcome == .failed else { continue }
      event.failing.append(result.title)
      event.newlyFailing.append(result)
    }
  }

  private func pinned(in snapshot: DecisionSnapshot) -> [WatchEvent.Pin] {
    pins.flatMap { pin -> [WatchEvent.Pin] in
      guard
        let section = snapshot.sections.first(where: {
          $0.record == pin.type || $0.name == pin.type
        }),
        let row = section.keys.firstIndex(of: pin.key)
      else { return [] }
      let before = good?.snapshot.sections.first { $0.record == section.record }
      let earlier = before?.keys.firstIndex(of: pin.key)
      return section.columns.map { column in
        let old = before?.columns.first { $0.title == column.title }
        let answer = earlier.flatMap { place in old.map { $0.answers[place] } }
        return WatchEvent.Pin(
          record: "\(section.name) \(pin.key)", decision: column.name,
          answer: column.answers[row], before: answer == column.answers[row] ? nil : answer)
      }
    }
  }
}

/// Why data could not be read, for people.
public struct WatchProblem: Error {
  public var text: String

  public init(_ text: String) { self.text = text }
}

extension Declaration {
  /// Whether it says what records there are and where their data come from.
  fileprivate var isOfModel: Bool {
    switch kind {
    case .currency, .zone, .enumeration, .tree, .record, .queue, .data: true
    default: false
    }
  }
}
