import WritModel
import WritRules
import WritSyntax
import WritText

/// A rule set that stands beside others, to be compared with them.
struct RuleSet {
  /// What people call it: its folder, its file, or the title of a `variant`.
  let name: String
  /// Its files, or those of its base with the patches of the variant done.
  let trees: [FileTree]
  let program: Program
  /// Of reading, parsing, patching and checking, by position in the sources of all.
  let diagnostics: [Diagnostic]
}

/// Reads the rule sets that are named on a command line: folders, files, and titles of variants.
///
/// All of them share one `Sources`, so that a span tells its file whichever set it is of, and one
/// chain of symbols: facts read with the program of the last of them fit all. A file that holds
/// nothing but variants stands for these.
struct RuleSetSource {
  private(set) var sources = Sources()
  private(set) var sets: [RuleSet] = []
  private let folders: [String]
  private let effort: Analysis.Effort
  private let threads: Int
  private var texts: Interner
  /// What is long to find out about rules is mostly the same in all of them.
  private let memo = Analysis.Memo()
  /// Rule sets that were read and not checked yet.
  private var waiting: [(name: String, trees: [FileTree], diagnostics: [Diagnostic])] = []
  /// Files that were read, by the path they were asked for by.
  private var read: [String: (trees: [FileTree], diagnostics: [Diagnostic])] = [:]
  /// The files of tables that were read.
  private(set) var tableFiles: [String] = []

  /// Reads and checks what the words name, in their order. What cannot be read or found stops all;
  /// what does not check is in the `diagnostics` of its set.
  init(
    _ words: [String], dataFolders: [String] = [], effort: Analysis.Effort = .quick,
    texts: Interner = Interner(), threads: Int = 1
  ) throws(Failure) {
    folders = dataFolders.filter(isFolder)
    self.effort = effort
    self.threads = threads
    self.texts = texts
    let paths = words.filter { $0 == "-" || fileExists($0) }
    try read(paths)
    // Paths first: variants may stand in any of them.
    var variants: [(file: FileTree, variant: VariantDeclaration)] = []
    for word in paths {
      let found = try files(at: word).trees
      variants += found.flatMap { file in file.variants.map { (file, $0) } }
    }
    for word in words {
      if word == "-" || fileExists(word) {
        let (trees, diagnostics) = try files(at: word)
        let own = trees.flatMap { file in file.variants.map { (file: file, variant: $0) } }
        if !own.isEmpty, trees.allSatisfy({ $0.declarations.count == $0.variants.count }) {
          for entry in own { try add(entry, among: variants, diagnostics) }
        } else {
          add(Self.name(of: word), trees, diagnostics)
        }
      } else if let entry = variants.first(where: { $0.variant.title.text == word }) {
        let places = variants.filter { $0.variant.title.text == word }.map {
          "\(sources[$0.file.source].name):\(sources.position(of: $0.variant.title.span).line)"
        }
        if Set(places).count > 1 { throw .ambiguousRuleSet(word, places) }
        try add(entry, among: variants, [])
      } else {
        throw .unknownRuleSet(word, titles: variants.map(\.variant.title.text))
      }
    }
    checkWaiting()
  }

  /// Checks trees that belong to no set of the command line, such as those between two sets.
  func checked(_ trees: [FileTree], texts: Interner) -> (
    program: Program, diagnostics: [Diagnostic]
  ) {
    let tables = TableReader(sources: sources, folders: folders)
    return Program.checking(
      trees, sources: sources, tables: { tables.table($0, beside: $1)?.table }, texts: texts,
      effort: .quick, analyzing: false)
  }

  /// The symbols that the next program goes on from: every program here is checked with a part of
  /// them.
  var symbols: Interner { texts }

  // MARK: Reading

  /// The files of a path, read once.
  private mutating func files(
    at path: String
  ) throws(Failure) -> (trees: [FileTree], diagnostics: [Diagnostic]) {
    if read[path] == nil { try read([path]) }
    return read[path] ?? ([], [])
  }

  /// Reads the files of paths that were not read before, one after the other, and parses them all at
  /// once.
  private mutating func read(_ paths: [String]) throws(Failure) {
    var fresh: [(path: String, sources: Range<Int>, problems: [Diagnostic])] = []
    let first = sources.all.count
    for path in paths where read[path] == nil && !fresh.contains(where: { $0.path == path }) {
      let (found, problems) = try readSources([path])
      let start = sources.all.count
      for source in found.all { _ = sources.add(source) }
      fresh.append(
        (path, start..<sources.all.count, problems.map { $0.shifted(by: start) }))
    }
    let all = sources
    let parsed = eachOnThreads(all.all.count - first, threads: threads) { number in
      let id = SourceID(first + number)
      return Parser.parse(all[id], id: id)
    }
    for (path, sources, problems) in fresh {
      let own = sources.map { parsed[$0 - first] }
      read[path] = (own.map(\.tree), problems + own.flatMap(\.diagnostics))
    }
  }

  private mutating func add(_ name: String, _ trees: [FileTree], _ diagnostics: [Diagnostic]) {
    waiting.append((name, trees, diagnostics))
  }

  // MARK: Checking

  /// One rule set checked on from some symbols.
  private struct Checked: Sendable {
    var program: Program
    var diagnostics: [Diagnostic]
    var tableFiles: [String]
  }

  /// Checks what waits.
  ///
  /// Each set goes on from the symbols that the one before it left. Sets that are compared mostly
  /// speak of the same texts, so the first of them brings all symbols, and several can be checked at
  /// once, each on from the same; a set behind one that did bring symbols is checked once more.
  private mutating func checkWaiting() {
    let tables = TableReader(sources: sources, folders: folders)
    let (waiting, sources, effort, memo) = (waiting, sources, effort, memo)
    var next = 0
    while next < waiting.count {
      let texts = texts
      let first = next
      // The first brings the symbols.
      let count = first == 0 ? 1 : min(threads, waiting.count - first)
      let some = eachOnThreads(count, threads: threads) { number in
        var used: [String] = []
        let (program, found) = Program.checking(
          waiting[first + number].trees, sources: sources,
          tables: { file, beside in
            guard let found = tables.table(file, beside: beside) else { return nil }
            if !used.contains(found.path) { used.append(found.path) }
            return found.table
          }, texts: texts, effort: effort, memo: memo)
        return Checked(program: program, diagnostics: found, tableFiles: used)
      }
      for checked in some where self.texts.count == texts.count {
        let (name, trees, diagnostics) = waiting[next]
        add(checked, called: name, trees, diagnostics)
        next += 1
      }
    }
    self.waiting = []
  }

  private mutating func add(
    _ checked: Checked, called name: String, _ trees: [FileTree], _ diagnostics: [Diagnostic]
  ) {
    texts = checked.program.texts
    for path in checked.tableFiles where !tableFiles.contains(path) { tableFiles.append(path) }
    // Sets are called apart.
    var unique = name
    var number = 2
    while sets.contains(where: { $0.name == unique }) {
      unique = "\(name) (\(number))"
      number += 1
    }
    sets.append(
      RuleSet(
        name: unique, trees: trees, program: checked.program,
        diagnostics: (diagnostics + checked.diagnostics).sortedByPosition()))
  }

  // MARK: Variants

  private mutating func add(
    _ entry: (file: FileTree, variant: VariantDeclaration),
    among variants: [(file: FileTree, variant: VariantDeclaration)], _ diagnostics: [Diagnostic]
  ) throws(Failure) {
    let (trees, found) = try patched(entry, among: variants, above: [])
    let problems = diagnostics.filter { !found.contains($0) }
    add(entry.variant.title.text, trees, problems + found)
  }

  /// The trees of a variant. Its base is a folder or a file, the rule set it stands in, or another
  /// variant by its title.
  private mutating func patched(
    _ entry: (file: FileTree, variant: VariantDeclaration),
    among variants: [(file: FileTree, variant: VariantDeclaration)], above: [String]
  ) throws(Failure) -> (trees: [FileTree], diagnostics: [Diagnostic]) {
    let (file, variant) = entry
    let titles = above + [variant.title.text]
    let path = variant.basePath(in: sources[file.source].name)
    var (base, diagnostics): ([FileTree], [Diagnostic]) = ([], [])
    if let own = named(entry.file, path) {
      (base, diagnostics) = own
    } else if fileExists(path) {
      (base, diagnostics) = try files(at: path)
    } else if let other = variants.titled(variant.base.text, beside: file) {
      guard !titles.contains(other.variant.title.text) else {
        let round = titles + [other.variant.title.text]
        return ([], [.circularVariants(round, at: variant.base.span)])
      }
      (base, diagnostics) = try patched(other, among: variants, above: titles)
      // Where the base has none, there is nothing to patch.
      if base.isEmpty { return ([], diagnostics) }
    } else {
      return ([], [.missingBase(path, of: variant)])
    }
    let (trees, found) = variant.applied(to: base, in: file)
    return (trees, diagnostics + found)
  }

  /// A file with rules that was itself named as a rule set is what its variants stand in, whatever
  /// else lies in its folder; nil for any other file, and where the base is elsewhere.
  private func named(
    _ file: FileTree, _ base: String
  ) -> (trees: [FileTree], diagnostics: [Diagnostic])? {
    let name = sources[file.source].name
    guard let own = read[name], own.trees.count == 1, own.trees[0].source == file.source,
      file.declarations.count > file.variants.count,
      base == VariantDeclaration.ownFolder(of: name)
    else { return nil }
    return own
  }

  /// A folder's or a file's own name.
  private static func name(of path: String) -> String {
    if path == "-" { return "<stdin>" }
    let parts = path.split(separator: "/").filter { $0 != "." }
    guard let last = parts.last, last != ".." else { return path }
    return last.hasSuffix(".writ") ? String(last.dropLast(5)) : String(last)
  }
}

extension FileTree {
  var variants: [VariantDeclaration] {
    declarations.compactMap { if case .variant(let it) = $0.kind { it } else { nil } }
  }
}

extension Diagnostic {
  /// The same of a source that many places further on.
  fileprivate func shifted(by count: Int) -> Diagnostic {
    func shifted(_ span: Span) -> Span {
      Span(SourceID(Int(span.source.index) + count), Int(span.start), Int(span.end))
    }
    return Diagnostic(
      severity, code: code, message, at: shifted(span),
      labels: labels.map { Label($0.phrase, at: shifted($0.span)) },
      help: help.map { help in
        Help(
          help.phrase,
          edit: help.edit.map { Edit(replacing: shifted($0.span), with: $0.replacement) })
      })
  }
}

extension Diagnostic {
  fileprivate static func missingBase(
    _ path: String, of variant: VariantDeclaration
  ) -> Diagnostic {
    Diagnostic(
      code: "missing-base",
      Phrase(
        "the base of variant `\(variant.title.text)`, `\(path)`, is not there",
        zh: "方案 `\(variant.title.text)` 的基础规则 `\(path)` 不存在"), at: variant.base.span,
      help: [
        Help(
          Phrase(
            "write the folder as seen from the file of the variant", zh: "请写相对于方案所在文件的文件夹路径"))
      ])
  }

  fileprivate static func circularVariants(_ titles: [String], at span: Span) -> Diagnostic {
    let path = titles.map { "`\($0)`" }
    return Diagnostic(
      code: "circular-variants",
      Phrase(
        "variants are based on each other: " + path.joined(separator: " → "),
        zh: "方案互为基础：" + path.joined(separator: " → ")), at: span)
  }
}

extension [(file: FileTree, variant: VariantDeclaration)] {
  /// The variant of a title, of the same file if that has one.
  fileprivate func titled(
    _ title: String, beside file: FileTree
  ) -> (file: FileTree, variant: VariantDeclaration)? {
    let all = filter { $0.variant.title.text == title }
    return all.first { $0.file.source == file.source } ?? all.first
  }
}

extension Failure {
  static func ambiguousRuleSet(_ word: String, _ places: [String]) -> Failure {
    Failure(
      code: "ambiguous-rule-set",
      message: Phrase(
        "several variants are called `\(word)`: \(places.joined(separator: ", "))",
        zh: "有几个方案都叫 `\(word)`：\(places.joined(separator: "、"))"),
      help: [
        Phrase(
          "put the one that is meant into a file of its own and name that, or give it another title",
          zh: "把要比较的方案放进单独的文件并写出该文件，或换一个标题")
      ])
  }

  static func unknownRuleSet(_ word: String, titles: [String]) -> Failure {
    let near = nearest(to: word, among: titles)
    return Failure(
      code: "unknown-rule-set",
      message: Phrase(
        "`\(word)` is no folder, no file and no variant", zh: "`\(word)` 不是文件夹、文件，也不是方案的标题"),
      help: [
        near.map { Phrase("did you mean `\($0)`?", zh: "是不是 `\($0)`？") }
          ?? Phrase(
            "a variant is called by its title and stands in one of the rule sets named",
            zh: "方案以标题指明，并须写在所列的规则之中")
      ])
  }
}
