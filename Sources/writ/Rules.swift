import WritModel
import WritRules
import WritSyntax
import WritText

/// Rule files that were read and checked.
struct Rules {
  let sources: Sources
  let trees: [FileTree]
  let program: Program
  /// Of reading, parsing and checking, by position.
  let diagnostics: [Diagnostic]
  /// Finds the files of tables, for who checks these rules again with more beside them.
  let tables: TableFiles
  /// The files of tables that were read.
  let tableFiles: [String]

  /// Reads and checks the files and folders. Tables that are kept in files stand beside their rules
  /// or in one of the folders of data. `effort` is how far to look for warnings; symbols go on from
  /// `texts`.
  init(
    _ paths: [String], dataFolders: [String] = [], effort: Analysis.Effort = .quick,
    texts: Interner = Interner()
  ) throws(Failure) {
    var (sources, diagnostics) = try readSources(paths)
    var trees: [FileTree] = []
    for index in sources.all.indices {
      let id = SourceID(index)
      let (tree, found) = Parser.parse(sources[id], id: id)
      trees.append(tree)
      diagnostics += found
    }
    let tables = TableReader(sources: sources, folders: dataFolders.filter(isFolder))
    var used: [String] = []
    let (program, found) = Program.checking(
      trees, sources: sources,
      tables: { file, beside in
        guard let found = tables.table(file, beside: beside) else { return nil }
        if !used.contains(found.path) { used.append(found.path) }
        return found.table
      }, texts: texts, effort: effort)
    self.tables = { file, beside in tables.table(file, beside: beside)?.table }
    tableFiles = used
    self.sources = sources
    self.trees = trees
    self.program = program
    // What could not be parsed breeds nothing: the checker's messages wait for the parser's.
    self.diagnostics = (diagnostics + found).sortedByPosition()
  }

  /// Rules that were checked elsewhere.
  init(_ sources: Sources, program: Program) {
    self.sources = sources
    self.program = program
    trees = []
    diagnostics = []
    tables = { _, _ in nil }
    tableFiles = []
  }

  /// Reports errors on standard error and says that there are warnings, which `check` shows; nil
  /// where the rules cannot run.
  func reported(on console: Console) throws(Failure) -> Program? {
    let errors = diagnostics.filter { $0.severity == .error }
    try console.report(errors, in: sources)
    if !errors.isEmpty { return nil }
    let warnings = diagnostics.count { $0.severity == .warning }
    if warnings > 0 {
      try console.note(
        Phrase(
          "\(counted(warnings, "warning")) in the rules; `writ check` shows them",
          zh: "规则中有 \(warnings) 个警告，用 `writ check` 查看"))
    }
    return program
  }
}

/// Reads tables and enums that are kept in files beside their rules.
struct TableReader {
  let sources: Sources
  let folders: [String]

  /// nil: there is no such file, or it cannot be read as a table.
  func table(_ file: String, beside: SourceID) -> (table: TableFile, path: String)? {
    for place in [folder(of: sources[beside].name)] + folders {
      let path = join(place, file)
      guard let bytes = try? readFile(path) else { continue }
      let sheet = Sheet(bytes)
      guard sheet.problems.isEmpty else { return nil }
      return (TableFile(header: sheet.header, rows: sheet.rows), path)
    }
    return nil
  }
}
