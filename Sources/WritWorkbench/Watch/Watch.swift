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
  public var tests = 0
  public var failing: [String] = []
  /// Tests that fail now and did not before, with what they expected; those that pass again.
  public var newlyFailing: [TestResult] = []
  public var newlyPassing: [String] = []
  public var changes = DecisionChanges()
  public var edits: [RuleEdit] = []
  /// How many changed decisions each edit is charged with, in the order of `edits`; the last entry
  /// counts those that several edits or only the data brought about.
  public var charged: [Int] = []
  /// Pinned records: what is decided for them now, and what was before where it differs.
  public var pins: [Pin] = []
  public var records = 0
  public var decisions = 0
  public var sources = Sources()

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
    public var program: Program
    public var diagnostics: [Diagnostic]
    /// The declarations that say what data are and how they are read, as written: while they stay,
    /// facts that were read stay good.
    let model: String

    public init(
      sources: Sources, trees: [FileTree], program: Program, diagnostics: [Diagnostic]
    ) {
      model = trees.flatMap(\.declarations).filter(\.isOfModel)
        .map { sources.text(of: $0.span) }.joined(separator: "\n")
      self.sources = sources
      self.program = program
      self.diagnostics = diagnostics
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
        event.kind = .unreadable
        unreadable()
        event.problem = problem.text
        return event
      }
    }
    let memory = Memory(Network(compiling: rules.program), facts: held, today: today)
    memory.settle()
    let snapshot = DecisionSnapshot(of: memory, language: language)
    test(rules, memory.network, into: &event)
    if let good {
      event.changes = snapshot.changes(since: good.snapshot)
      event.edits = RuleEdit.between(
        (good.rules.program, good.rules.sources), (rules.program, rules.sources))
      charge(&event, good.memory, memory)
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

  /// Says that files could not be read: the next look that can is told, whatever it finds.
  public mutating func unreadable() {
    isBad = true
    wasUnreadable = true
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

  // MARK: - Which edit

  /// How many changed decisions are looked at to find the edit behind them.
  private static let charges = 500

  /// Charges changed decisions to edits: to the only one there is, else to the one that the rules
  /// name which decided before and after; what no single one explains stays uncharged.
  private func charge(_ event: inout WatchEvent, _ old: Memory, _ new: Memory) {
    event.charged = Array(repeating: 0, count: event.edits.count + 1)
    let changes = event.changes.groups.flatMap { group in
      group.changes.map { (group.decision, $0) }
    }
    if event.edits.count == 1, event.files.count == 1 {
      event.charged[0] = changes.count
      return
    }
    let before = Explainer(memory: old, language: language)
    let after = Explainer(memory: new, language: language)
    for (decision, change) in changes.prefix(Self.charges) {
      let named =
        Self.titles(decision, change, before, old) + Self.titles(decision, change, after, new)
      let guilty = event.edits.indices.filter { index in
        let edit = event.edits[index]
        return !edit.title.isEmpty && named.contains(edit.title)
          || edit.title.isEmpty && edit.block == decision
      }
      if guilty.count == 1 {
        event.charged[guilty[0]] += 1
      } else {
        event.charged[event.edits.count] += 1
      }
    }
    event.charged[event.edits.count] += max(0, changes.count - Self.charges)
  }

  /// The titles of the rules that had a part in an answer.
  private static func titles(
    _ decision: String, _ change: DecisionChanges.Change, _ explainer: Explainer, _ memory: Memory
  ) -> [String] {
    let program = memory.network.program
    guard let index = program.decisions.firstIndex(where: { $0.title == decision }),
      let type = explainer.wording.recordType(named: change.record),
      let record = explainer.wording.find(type, [change.key], in: memory.facts)
    else { return [] }
    let words = explainer.why(DecisionID(index), [record], today: memory.today).facts
      .filter { $0.kind != .before && $0.kind != .beaten && $0.kind != .offer }
      .map(\.text).joined(separator: "\n")
    return program.rules.map(\.title).filter {
      !$0.isEmpty && words.contains("\"\($0)\"") || !$0.isEmpty && words.contains("“\($0)”")
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
