public import WritModel
public import WritNetwork
public import WritReplay
public import WritRules
public import WritSyntax
public import WritText

/// What the session says to an entry, and what it wants done that it cannot do itself.
public struct Reply: Sendable, Equatable {
  /// What only the owner of files and terminal can do.
  public enum Request: Sendable, Equatable {
    case quit
    /// Read rule files; empty: those there were, again.
    case load([String])
    /// Read recorded data: folders or `Type=FILE`; empty: those there were, again.
    case data([String])
    case save(path: String, text: String)
  }
  /// Ends in a line end unless it is empty.
  public var text: String
  public var isError = false
  public var request: Request?

  public init(_ text: String, isError: Bool = false, request: Request? = nil) {
    self.text = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
    self.isError = isError
    self.request = request
  }
}

/// A conversation with a rule set: facts, questions, rules and commands go in, answers come out.
///
/// The session is a state machine without files, clock or terminal. What was typed as a rule stands
/// beside the rule files as one more source; every entry is checked together with all the rest, so
/// it means what it would mean in a file. Facts go over from one form of the rules to the next.
public struct Session {
  /// Rules that were read from files.
  private(set) var files: Sources
  private(set) var fileTrees: [FileTree]
  private let tables: TableFiles
  /// What was typed in as rules, in order.
  var typed: [Source] = []
  /// How many entries there were, for naming them in messages.
  private var entryCount = 0

  /// The files, what was typed, and the entry at hand: what spans speak of.
  public private(set) var sources: Sources
  public private(set) var program: Program
  public internal(set) var memory: Memory
  public internal(set) var language: Language
  /// The width of what is told.
  public var width: Int
  public var isColored: Bool
  public var viewer: Viewer?

  /// The last decision that was asked for, for `:why` without a question.
  var last: Asked?
  /// Facts to go back to, with what was done then.
  var past: [(facts: Facts, state: State, did: String)] = []
  /// What was tried, in order: it can become a test.
  var tried: [Trial] = []
  /// The record that was typed in last.
  var addedRow: (RecordID, Int)?
  /// What is decided for all records now, once somebody changed something; nil: not known.
  var present: ValueSnapshot?
  /// The facts before anything was tried.
  var start: Facts
  /// Lines that the last entry took, so `:time` can be told of it by whoever has a clock.
  public internal(set) var showsTime = false

  /// A decision and the records it was asked about.
  struct Asked {
    var decision: DecisionID
    var arguments: [Value]
    var today: Int32
  }

  /// Something that was done, as a test would say it.
  enum Trial {
    case fact(String)
    /// A `set` or a `commit`.
    case step(String)
    /// Firing, which a test does by itself.
    case firing
    case question(String, answer: String)
  }

  /// Begins a session on rules that check (or on none) and facts that belong to `program`.
  public init(
    sources: Sources, trees: [FileTree], program: Program, facts: Facts, today: Int32,
    language: Language, width: Int = 80, tables: @escaping TableFiles = { _, _ in nil }
  ) {
    files = sources
    fileTrees = trees
    self.tables = tables
    self.sources = sources
    self.program = program
    self.language = language
    self.width = width
    isColored = false
    start = facts
    memory = Memory(Network(compiling: program), facts: facts, today: today)
  }

  /// What stands above the first prompt.
  public var greeting: String {
    factCounts() + "\n"
      + say("`:help` lists the commands, Tab completes\n", zh: "`:帮助` 列出命令，Tab 键补全\n")
  }

  public var today: Int32 { memory.today }
  var wording: Wording { Wording(program: program, language: language) }
  /// Explains what was answered: a question is asked of the present state, in nobody's turn.
  var explainer: Explainer { explainer(for: viewer) }

  func explainer(for viewer: Viewer?) -> Explainer {
    var explainer = Explainer(memory: memory, language: language, viewer: viewer)
    explainer.asksAlone = true
    return explainer
  }

  func say(_ english: String, zh chinese: String) -> String {
    language == .english ? english : chinese
  }

  /// Whether an entry needs no further line: its brackets are closed, and no operator or comma
  /// stands at its end.
  public static func isWhole(_ entry: String) -> Bool {
    let text = entry.drop { $0.isWhitespace }
    if text.isEmpty || text.first == ":" || text.first == "：" { return true }
    return Parser.isWhole(Source(name: "<repl>", text: entry))
  }

  /// Answers an entry.
  public mutating func enter(_ entry: String) -> Reply {
    let text = entry.trimmed
    if text.isEmpty { return Reply("") }
    if text.first == ":" || text.first == "：" { return command(String(text.dropFirst())) }
    entryCount += 1
    let source = Source(name: "<\(say("entry", zh: "输入")) \(entryCount)>", text: entry)
    sources = base
    let id = sources.add(source)
    let (parsed, diagnostics) = Parser.parseEntry(source, id: id)
    guard let parsed else { return failed(diagnostics) }
    switch parsed {
    case .declarations(let tree): return declare(tree, source)
    case .fact, .question, .set, .commit: return perform(parsed, entry: text)
    }
  }

  /// Speaks of other sources: a copy of the session that checks something on the side.
  mutating func useSources(_ other: Sources) { sources = other }

  /// The sources that are in force: the files and what was typed.
  private var base: Sources {
    var all = files
    for source in typed { _ = all.add(source) }
    return all
  }

  private var trees: [FileTree] {
    var all = fileTrees
    for (index, source) in typed.enumerated() {
      all.append(Parser.parse(source, id: SourceID(files.all.count + index)).tree)
    }
    return all
  }

  // MARK: - Checking

  /// Checks the rules in force together with one more tree; nil, and what was wrong, if they do not
  /// check. Facts stay valid for the program: its symbols go on from theirs.
  func checked(with tree: FileTree, analyzing: Bool) -> (Program?, [Diagnostic]) {
    let (program, diagnostics) = Program.checking(
      trees + [tree], sources: sources, tables: tables, texts: memory.facts.texts,
      effort: .quick, analyzing: analyzing)
    return (diagnostics.hasErrors ? nil : program, diagnostics)
  }

  func failed(_ diagnostics: [Diagnostic]) -> Reply {
    Reply(rendered(diagnostics), isError: true)
  }

  func rendered(_ diagnostics: [Diagnostic]) -> String {
    let rendering = Rendering(
      form: .human, language: language, isColored: isColored, width: width, version: "")
    return diagnostics.isEmpty ? "" : rendering.text(of: diagnostics, in: sources)
  }

  /// Puts a checked program in force over the present facts; false where they do not fit it.
  mutating func adopt(_ program: Program, isQuestion: Bool) -> Bool {
    var facts: Facts
    if isQuestion {
      facts = memory.facts
      facts.texts = program.texts
    } else {
      guard let moved = memory.facts.migrated(to: program.schema, texts: program.texts) else {
        return false
      }
      facts = moved
    }
    var program = program
    // A question is no part of the rule set.
    if isQuestion { program.hash = self.program.hash }
    self.program = program
    if isQuestion {
      start.texts = program.texts
    } else {
      start = facts
      tried = []
    }
    let state = memory.state
    memory = Memory(Network(compiling: program), facts: facts, today: memory.today)
    memory.state = state
    // A question changes nothing that was decided.
    if !isQuestion { present = nil }
    return true
  }

  /// Takes a declaration into the rules, if all still checks.
  private mutating func declare(_ tree: FileTree, _ source: Source) -> Reply {
    let (program, diagnostics) = checked(with: tree, analyzing: true)
    guard let program else { return failed(diagnostics.filter { $0.severity == .error }) }
    let before = DecisionSnapshot(of: memory, language: language)
    guard adopt(program, isQuestion: false) else {
      return Reply(
        say(
          "the facts do not fit these declarations; nothing was changed",
          zh: "现有数据与这些声明不符，未作改动"), isError: true)
    }
    typed.append(source)
    last = nil
    past = []
    let own = diagnostics.filter { $0.span.source == tree.source && $0.severity != .note }
    let after = DecisionSnapshot(of: memory, language: language)
    return Reply(rendered(own) + after.changes(since: before).text(in: wording, width: width))
  }

  /// Other rule files, or the same again.
  public mutating func replaceRules(
    _ sources: Sources, _ trees: [FileTree], _ program: Program, _ diagnostics: [Diagnostic]
  ) -> Reply {
    self.sources = sources
    if diagnostics.hasErrors { return failed(diagnostics.filter { $0.severity == .error }) }
    let before = DecisionSnapshot(of: memory, language: language)
    // What was typed stays, if it still checks with the new files.
    let (oldFiles, oldTrees, oldTyped) = (files, fileTrees, typed)
    (files, fileTrees) = (sources, trees)
    self.sources = base
    var (next, found) = Program.checking(
      self.trees, sources: self.sources, tables: tables, texts: memory.facts.texts, effort: .quick)
    var note = ""
    if found.hasErrors {
      typed = []
      self.sources = base
      (next, found) = Program.checking(
        self.trees, sources: self.sources, tables: tables, texts: memory.facts.texts, effort: .quick
      )
      note = say(
        "what was typed as rules does not check with these files and was dropped\n",
        zh: "此前输入的规则与这些文件不符，已去掉\n")
    }
    guard !found.hasErrors, adopt(next, isQuestion: false) else {
      (files, fileTrees, typed) = (oldFiles, oldTrees, oldTyped)
      return Reply(
        say(
          "the facts do not fit these rules; `:data` reads them again",
          zh: "现有数据与这些规则不符；用 `:data` 重新读入"),
        isError: true)
    }
    last = nil
    past = []
    let after = DecisionSnapshot(of: memory, language: language)
    return Reply(note + after.changes(since: before).text(in: wording, width: width))
  }

  /// Other recorded data.
  public mutating func replaceFacts(_ facts: Facts) -> Reply {
    let state = memory.state
    memory = Memory(Network(compiling: program), facts: facts, today: memory.today)
    memory.state = state
    present = nil
    last = nil
    past = []
    tried = []
    start = facts
    return Reply(factCounts())
  }
}

extension String {
  /// Without white space at its ends.
  var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
