import WritModel
import WritRules
import WritText

/// The recorded data of a run: which file gives the records of which type, read once.
///
/// What is wrong with a file stops the run. A row that does not fit is set aside and counted, and
/// never stops the others.
struct RecordedData {
  /// One file of one record type.
  struct Input {
    let plan: ReadPlan
    let path: String
  }
  let inputs: [Input]
  private let program: Program
  let console: Console
  private let rejectsPath: String
  /// The lines of the rejects file, and the first few rows themselves.
  private var rejects: [UInt8] = []
  private var firstRejected: [RejectedRow] = []
  private(set) var rejectedCount = 0
  /// How many rows were set aside for what, by the code of the first thing wrong with each.
  private(set) var rejectedByCode: [String: Int] = [:]
  /// What was worth saying about the files.
  private(set) var notes: [Phrase] = []
  private(set) var facts: Facts
  /// What came from standard input, where it is wanted again.
  private var inputBytes: [UInt8]?
  /// The SHA-256 of what was read of each input, where an audit log wants it.
  var sums: [String?] = []
  let keepsSums: Bool

  init(
    _ arguments: Arguments, _ rules: Rules, _ console: Console
  ) throws(Failure) {
    program = rules.program
    self.console = console
    rejectsPath = arguments.value("rejects") ?? "writ-rejects.jsonl"
    inputs = try DataPlaces(arguments.all("data"), rules).inputs()
    facts = Facts(schema: program.schema, texts: program.texts)
    keepsSums = arguments.has("log")
    if keepsSums { sums = inputs.map { _ in nil } }
    if arguments.has("facts") { inputBytes = [] }
  }

  /// What a file of an input is called, wherever it lies.
  func name(ofInput index: Int) -> String {
    let input = inputs[index]
    let declared = program.data.first { $0.record == input.plan.record }?.file
    let path =
      input.path == "-" ? declared ?? program.schema[input.plan.record].name.name : input.path
    return path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The same; of a part of the data what the rules call the whole.
  func name(ofInput index: Int, isPart: Bool) -> String {
    let declared = program.data.first { $0.record == inputs[index].plan.record }?.file
    guard isPart, let declared else { return name(ofInput: index) }
    return declared.split(separator: "/").last.map(String.init) ?? declared
  }

  /// The bytes of an input once more; standard input was kept.
  func bytes(ofInput index: Int) throws(Failure) -> [UInt8] {
    let path = inputs[index].path
    return path == "-" ? inputBytes ?? [] : try readFile(path)
  }

  // MARK: - Reading

  /// Reads every file but those of a record type that is streamed, and resolves references.
  mutating func load(except streamed: RecordID? = nil) throws(Failure) {
    for index in inputs.indices where inputs[index].plan.record != streamed {
      try read(index)
    }
    let dangling = facts.linkAll()
    try reportDangling(dangling)
  }

  private mutating func read(_ index: Int) throws(Failure) {
    let input = inputs[index]
    var reader = RecordReader(input.plan, schema: program.schema, file: index)
    let file = try InputFile(input.path)
    let progress = Progress(
      console, Phrase("reading", zh: "读取中"), total: file.sizeHint, resultsToScreen: false)
    defer { progress.end() }
    var bytesRead = 0
    var block: [UInt8] = []
    var sum = SHA256()
    while try file.read(into: &block, upTo: 1 << 20) {
      if keepsSums { sum.update(block) }
      reader.read(block, isLast: false, into: &facts)
      if input.path == "-" { inputBytes?.append(contentsOf: block) }
      bytesRead += block.count
      progress.show(done: bytesRead, records: reader.acceptedCount + reader.rejectedCount)
      block.removeAll(keepingCapacity: true)
      if !reader.problems.isEmpty { break }
    }
    reader.read([], isLast: true, into: &facts)
    progress.end()
    try stop(at: reader.problems, in: input)
    if keepsSums { sums[index] = sum.finish() }
    setAside(reader.takeRejected())
    try say(reader.notes, of: input)
  }

  /// What is wrong with a file as a whole stops the run; of much that is wrong the first is said.
  func stop(at problems: [DataProblem], in input: Input) throws(Failure) {
    let some = problems.prefix(5)
    guard let last = some.last else { return }
    for problem in some.dropLast() {
      let failure = failure(of: problem, in: input.path)
      try console.messages.write(
        console.rendering().text(
          of: .error, code: failure.code, failure.message, help: failure.help))
    }
    throw failure(of: last, in: input.path)
  }

  /// What is worth knowing about a file that was read.
  mutating func say(_ notes: [DataProblem], of input: Input) throws(Failure) {
    for note in notes {
      let said = failure(of: note, in: input.path)
      self.notes.append(said.message)
      try console.messages.write(
        console.rendering().text(of: .note, code: said.code, said.message, help: said.help))
    }
  }

  /// A problem with its file, line and column in front.
  private func failure(of problem: DataProblem, in path: String) -> Failure {
    let numbers = [problem.line, problem.line == nil ? nil : problem.column].compactMap(\.self)
    let place = ([path == "-" ? "<stdin>" : path] + numbers.map(String.init))
      .joined(separator: ":")
    return Failure(
      code: problem.code,
      message: Phrase(
        "\(place): \(problem.message.english)", zh: "\(place)：\(problem.message.chinese)"),
      help: problem.help)
  }

  /// Rows that do not fit become lines at once: many of them are few bytes so.
  mutating func setAside(_ rows: [RejectedRow]) {
    for row in rows {
      var text = ""
      line(row).write(into: &text)
      rejects.append(contentsOf: text.utf8)
      rejects.append(UInt8(ascii: "\n"))
      if firstRejected.count < 3 { firstRejected.append(row) }
      if let problem = row.problems.first { rejectedByCode[problem.code, default: 0] += 1 }
    }
    rejectedCount += rows.count
  }

  /// References that name no record: the values are missing, and that is said.
  func reportDangling(_ dangling: [Facts.Dangling]) throws(Failure) {
    var order: [FieldID] = []
    var keys: [FieldID: (count: Int, some: [String])] = [:]
    for entry in dangling {
      if keys[entry.field] == nil { order.append(entry.field) }
      var known = keys[entry.field] ?? (0, [])
      known.count += 1
      if known.some.count < 3, !known.some.contains(entry.key) { known.some.append(entry.key) }
      keys[entry.field] = known
    }
    for field in order {
      guard let known = keys[field] else { continue }
      let declared = program.schema[field]
      let owner = program.schema[declared.record].name
      let some = known.some.map { "`\($0)`" }
      let english = "\(owner.name).\(declared.name.name)"
      let chinese = "\(owner.label ?? owner.name).\(declared.name.label ?? declared.name.name)"
      let text = console.rendering().text(
        of: .warning, code: "dangling-reference",
        Phrase(
          "\(counted(known.count, "value")) of `\(english)` \(known.count == 1 ? "names" : "name") no record: "
            + some.joined(separator: ", "),
          zh: "`\(chinese)` 有 \(grouped(known.count)) 个值找不到对应的记录：" + some.joined(separator: "、")))
      try console.messages.write(text)
    }
  }

  // MARK: - Rows that do not fit

  /// Writes the rejects file if there is anything to write, says so, and gives the number of rows.
  func finish() throws(Failure) -> Int {
    guard rejectedCount > 0 else { return 0 }
    try replaceFile(rejectsPath, with: rejects)
    try reportRejected()
    return rejectedCount
  }

  private func line(_ row: RejectedRow) -> JSONText {
    .object([
      ("file", .text(inputs[Int(row.origin.file)].path)), ("line", .integer(Int(row.origin.line))),
      ("column", .integer(row.problems.first?.column ?? 1)),
      (
        "problems",
        .list(
          row.problems.map { problem in
            .object(
              [
                ("code", .text(problem.code)),
                ("message", .text(problem.message.text(in: console.language))),
                ("line", .integer(problem.line ?? Int(row.origin.line))),
                ("column", .integer(problem.column ?? 1)),
              ] + (problem.header.map { [("header", .text($0))] } ?? [])
                + (problem.value.map { [("value", .text($0))] } ?? []))
          })
      ),
      ("row", .text(row.text)),
    ])
  }

  /// The first few in full, then the count.
  private func reportRejected() throws(Failure) {
    for row in firstRejected {
      guard let problem = row.problems.first else { continue }
      let said = failure(of: problem, in: inputs[Int(row.origin.file)].path)
      try console.messages.write(
        console.rendering().text(of: .error, code: said.code, said.message, help: said.help))
    }
    try console.note(
      Phrase(
        "\(counted(rejectedCount, "row")) did not fit; see \(rejectsPath)",
        zh: "\(grouped(rejectedCount)) 行未能读入，见 \(rejectsPath)"))
  }
}

/// Where the words of `--data` and the rules say that data are.
private struct DataPlaces {
  private let rules: Rules
  private var folders: [String] = []
  private var files: [(record: RecordID, path: String)] = []

  private var program: Program { rules.program }

  init(_ words: [String], _ rules: Rules) throws(Failure) {
    self.rules = rules
    for word in words {
      if isFolder(word) {
        folders.append(word)
        continue
      }
      if let sign = word.firstIndex(of: "="), !fileExists(word) {
        let name = String(word[..<sign])
        let path = String(word[word.index(after: sign)...])
        files.append((try record(named: name), path))
        continue
      }
      if word != "-", !fileExists(word) { throw .missingFile(word) }
      files.append((try onlyRecord(for: word), word))
    }
  }

  private func record(named name: String) throws(Failure) -> RecordID {
    let records = program.schema.records
    if let index = records.firstIndex(where: { $0.name.name == name || $0.name.label == name }) {
      return RecordID(index)
    }
    let names = records.flatMap { [$0.name.name, $0.name.label].compactMap(\.self) }
    throw .unknownRecordType(name, near: nearest(to: name, among: names))
  }

  /// Whose records a file holds that is named without a type: the type whose `data` names a file of
  /// that name, or the only type there is.
  private func onlyRecord(for path: String) throws(Failure) -> RecordID {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let named = program.data.filter { $0.file.split(separator: "/").last.map(String.init) == name }
    if let first = named.first, named.allSatisfy({ $0.record == first.record }) {
      return first.record
    }
    let declared = Set(program.data.map(\.record))
    if declared.count == 1, let only = declared.first { return only }
    let writable = program.schema.records.indices.filter {
      !program.schema.records[$0].fields.isEmpty
    }
    if declared.isEmpty, writable.count == 1 { return RecordID(writable[0]) }
    throw .whoseData(path, example: program.schema.records.first?.name.name ?? "Lead")
  }

  /// One input a file: those the command line names first, for other types what `data` names.
  func inputs() throws(Failure) -> [RecordedData.Input] {
    var inputs: [RecordedData.Input] = []
    for (record, path) in files {
      let source = program.data.first { $0.record == record }
      inputs.append(RecordedData.Input(plan: plan(record, source, path), path: path))
    }
    for source in program.data where !files.contains(where: { $0.record == source.record }) {
      let path = try path(of: source)
      inputs.append(RecordedData.Input(plan: plan(source.record, source, path), path: path))
    }
    if inputs.count(where: { $0.path == "-" }) > 1 { throw .oneStandardInput }
    return inputs
  }

  /// In the folders of `--data`, in the order given; without any beside the rule file.
  private func path(of source: DataSource) throws(Failure) -> String {
    let beside = folder(of: rules.sources[source.span.source].name)
    let places = folders.isEmpty ? [beside] : folders
    for place in places {
      let path = join(place, source.file)
      if fileExists(path) { return path }
    }
    throw .missingData(
      source.file, of: program.schema[source.record].name.name,
      in: places[0].isEmpty ? "." : places[0])
  }

  private func plan(_ record: RecordID, _ source: DataSource?, _ path: String) -> ReadPlan {
    let (format, delimiter) = ReadPlan.format(ofFile: path == "-" ? source?.file ?? "" : path)
    let columns = (source?.columns ?? []).map { column in
      // A header that is only the field's own name or label may be the other of the two as well.
      let name = program.schema[column.field].name
      let own = [name.label, name.name].compactMap(\.self)
      let isOwn = column.header.isEmpty || own.contains(column.header)
      var read = ReadPlan.Column(
        field: column.field, headers: isOwn ? own : [column.header],
        form: form(column.form), missing: column.missing, isNamed: !column.header.isEmpty)
      read.parts = column.keyHeaders.map { [$0] }
      return read
    }
    return ReadPlan(
      reading: record, of: program.schema, format: format, columns: columns,
      missing: source?.missing ?? [], delimiter: source?.delimiter ?? delimiter,
      encoding: source?.encoding, hasHeader: source?.hasHeader ?? true)
  }

  private func form(_ form: DataSource.Form?) -> ReadPlan.Form? {
    switch form {
    case .pattern(let text): DatePattern(text).map { .pattern($0) }
    case .fraction: .fraction
    case .points: .points
    case nil: nil
    }
  }
}

extension Failure {
  static func missingData(_ file: String, of record: String, in folder: String) -> Failure {
    Failure(
      code: "missing-data",
      message: Phrase(
        "the data of `\(record)` are not there: no `\(file)` in `\(folder)`",
        zh: "缺少 `\(record)` 的数据：`\(folder)` 里没有 `\(file)`"),
      help: [
        Phrase(
          "say where with `--data DIR` or `--data \(record)=FILE`",
          zh: "用 `--data 目录` 或 `--data \(record)=文件` 指明位置")
      ])
  }

  static func whoseData(_ path: String, example: String) -> Failure {
    Failure(
      code: "whose-data",
      message: Phrase(
        "it is not said whose records `\(path)` holds", zh: "没有说明 `\(path)` 里是哪种记录"),
      help: [Phrase("write `--data \(example)=\(path)`", zh: "写作 `--data \(example)=\(path)`")])
  }

  static let oneStandardInput = Failure(
    code: "one-standard-input",
    message: Phrase("standard input can be read once only", zh: "标准输入只能读一次"),
    help: [Phrase("give the others as files", zh: "其余的请写成文件")])
}
