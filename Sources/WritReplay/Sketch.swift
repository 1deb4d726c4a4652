public import WritModel
import WritSyntax
public import WritText

/// The `record`, `enum` and `data` text to start from, guessed from spreadsheets.
///
/// Every guess looks at all rows. What is not sure is said in a comment beside it, because the
/// person who knows the data reads the text next.
public struct Sketch {
  /// A file and the record type that its rows shall be.
  public struct File {
    public let record: String
    /// As `data … from` names it.
    public let path: String
    public let sheet: Sheet

    public init(record: String, path: String, sheet: Sheet) {
      self.record = record
      self.path = path
      self.sheet = sheet
    }
  }
  private let language: Language
  private let files: [File]
  private var columns: [[ColumnGuess]]

  /// The text of a rule file for some spreadsheets, its comments in a language.
  public static func text(of files: [File], language: Language) -> String {
    var sketch = Sketch(files: files, language: language)
    sketch.findReferences()
    return sketch.text()
  }

  private init(files: [File], language: Language) {
    self.files = files
    self.language = language
    columns = files.map { file in
      file.sheet.header.indices.map { ColumnGuess(file.sheet, $0) }
    }
    for index in columns.indices { findKey(index) }
    nameFields()
  }

  private func say(_ english: String, _ chinese: String) -> String {
    language == .english ? english : chinese
  }

  // MARK: - Keys, names, references

  /// The key: a column in which every row has a value of its own, rather one that is called so.
  private mutating func findKey(_ file: Int) {
    let unique = columns[file].indices.filter { columns[file][$0].isUnique }
    let named = unique.first { columns[file][$0].soundsLikeKey }
    guard let key = named ?? unique.first else { return }
    columns[file][key].isKey = true
    if named == nil || unique.filter({ columns[file][$0].soundsLikeKey }).count > 1 {
      columns[file][key].notes.append(
        words: say("every row has its own value here; is this the key?", "每行的值都不同；它是主键吗？"))
    }
    // A key is what it is written as: 007 is not 7.
    columns[file][key].kind = .text
    let called = columns[file].indices.first {
      $0 != key && columns[file][$0].kind.isText && columns[file][$0].soundsLikeName
    }
    if let called { columns[file][called].isCalled = true }
    for index in columns[file].indices where columns[file][index].kind.isText {
      if index != key, index != called { columns[file][index].guessEnum() }
    }
  }

  private mutating func nameFields() {
    for file in columns.indices {
      var taken: Set<String> = []
      for index in columns[file].indices {
        var name = Identifier.field(columns[file][index].header, number: index + 1)
        let first = name
        var number = 2
        while !taken.insert(name).inserted {
          name = "\(first)_\(number)"
          number += 1
        }
        columns[file][index].name = name
      }
    }
  }

  /// A column whose every value is the key of another file's record refers to it.
  private mutating func findReferences() {
    for file in columns.indices {
      for index in columns[file].indices {
        let column = columns[file][index]
        guard !column.isKey, column.kind.mayBeKey, column.distinct.count > 1 else { continue }
        for other in columns.indices {
          guard let key = columns[other].first(where: \.isKey) else { continue }
          let known = Set(key.distinct)
          // A file that refers to itself must do so throughout.
          if other == file, !column.distinct.allSatisfy({ known.contains($0) }) { continue }
          let found = column.distinct.count { known.contains($0) }
          guard found * 10 >= column.distinct.count * 9 else { continue }
          columns[file][index].kind = .reference(files[other].record)
          if found < column.distinct.count {
            let left = column.distinct.count - found
            columns[file][index].notes.append(
              words: say(
                "\(left) values are no \(files[other].record)",
                "有 \(left) 个值不是 \(files[other].record)"))
          }
          break
        }
      }
    }
  }

  // MARK: - Text

  private func text() -> String {
    var parts: [String] = []
    let currencies = Set(columns.joined().compactMap(\.currency)).sorted()
    if columns.joined().contains(where: { $0.kind == .money }) {
      let all = currencies.isEmpty ? ["CNY"] : currencies
      let note = currencies.isEmpty ? "   # " + say("which currency is it?", "是哪种货币？") : ""
      parts.append("currency \(all.joined(separator: ", "))\(note)\n")
    }
    var enums: Set<String> = []
    for file in files.indices {
      for index in columns[file].indices {
        guard columns[file][index].kind.isChoice else { continue }
        parts.append(enumText(file, index, &enums))
      }
    }
    for file in files.indices { parts.append(recordText(file)) }
    for file in files.indices { parts.append(dataText(file)) }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// Fields of one name have one enum; its name is the field's unless a record has that.
  private func enumName(_ file: Int, _ index: Int) -> String {
    let name = Identifier.type(columns[file][index].name)
    return files.contains { $0.record == name } ? name + "Kind" : name
  }

  /// The values of all columns that share an enum.
  private func choices(named name: String) -> [String] {
    var all: [String] = []
    for file in columns.indices {
      for index in columns[file].indices
      where columns[file][index].kind.isChoice && enumName(file, index) == name {
        for value in columns[file][index].distinct where !all.contains(value) { all.append(value) }
      }
    }
    return all
  }

  private func enumText(
    _ file: Int, _ index: Int, _ known: inout Set<String>
  ) -> String {
    let name = enumName(file, index)
    guard known.insert(name).inserted else { return "" }
    var taken: Set<String> = []
    let members = choices(named: name).enumerated().map { place, value in
      var member = Identifier.member(value, number: place + 1)
      if !taken.insert(member).inserted {
        member += "_\(place + 1)"
        taken.insert(member)
      }
      let label = member == value ? "" : " " + quoted(value)
      return Printer.spelled(member) + label
    }
    return "enum \(Printer.spelled(name)) { \(members.joined(separator: ", ")) }\n"
  }

  private func recordText(_ file: Int) -> String {
    var lines = ["record \(Printer.spelled(files[file].record)) {"]
    if !columns[file].contains(where: \.isKey) {
      lines.append(
        "  # "
          + say(
            "no column has a value of its own in every row: there is no key", "没有哪一列的值每行都不同：没有主键"))
    }
    for index in columns[file].indices {
      let column = columns[file][index]
      var line = "  " + Printer.spelled(column.name)
      if column.name != column.header { line += " " + quoted(column.header) }
      line += " : " + type(file, index)
      if column.hasBlanks, !column.isKey { line += "?" }
      if column.isKey { line += " key" }
      if column.isCalled { line += " called" }
      if !column.notes.isEmpty { line += "   # " + column.notes.map(say).joined(separator: "; ") }
      lines.append(line)
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private func say(_ note: Note) -> String {
    switch note {
    case .words(let text): text
    case .ambiguousDates: say("day and month could change places", "日和月的先后不能确定")
    case .soundsLikeShare: say("fractions of one, to judge by the header", "从列名看是以 1 为整的比例")
    case .manyChoices(let count, let rows):
      say(
        "\(count) different values in \(rows) rows: are they choices?",
        "\(rows) 行里有 \(count) 种值：是选项吗？")
    case .soundsLikeMoney: say("money, to judge by the header", "从列名看像金额")
    case .leadingZeros: say("digits with zeros in front, so text", "数字前有零，所以按文本")
    case .mixed(let some): say("numbers, but also \(some)", "多数是数字，但也有 \(some)")
    }
  }

  private func type(_ file: Int, _ index: Int) -> String {
    switch columns[file][index].kind {
    case .text: "text"
    case .number: "number"
    case .integer: "integer"
    case .percent: "percent"
    case .money: "money"
    case .yesNo: "yes/no"
    case .date: "date"
    case .time: "time"
    case .member: Printer.spelled(enumName(file, index))
    case .members: "set of " + Printer.spelled(enumName(file, index))
    case .reference(let record): Printer.spelled(record)
    }
  }

  private func dataText(_ file: Int) -> String {
    var items: [String] = []
    let markers = Set(columns[file].flatMap(\.markers)).sorted()
    for column in columns[file] {
      var item = ""
      // A header that a label would not say as it stands is written out.
      if column.name != column.header, column.header.contains("\"") {
        item += " from \(quoted(column.header))"
      }
      if column.isFraction { item += " as fraction" }
      if let pattern = column.pattern { item += " as \(quoted(pattern))" }
      if !item.isEmpty { items.append(Printer.spelled(column.name) + item) }
    }
    if !markers.isEmpty {
      items.append("missing when " + markers.map(quoted).joined(separator: ", "))
    }
    let sheet = files[file].sheet
    if sheet.delimiter == UInt8(ascii: ";") || sheet.delimiter == UInt8(ascii: "|") {
      items.append("delimiter \"\(Unicode.Scalar(sheet.delimiter))\"")
    }
    let head = "data \(Printer.spelled(files[file].record)) from \(quoted(files[file].path))"
    return items.isEmpty ? head + "\n" : head + " {\n  \(items.joined(separator: ",\n  "))\n}\n"
  }

  private func quoted(_ text: String) -> String {
    text.contains("\"") ? "“\(text)”" : "\"\(text)\""
  }
}

extension [Note] {
  fileprivate mutating func append(words text: String) { append(.words(text)) }
}

/// What a guess is not sure of.
enum Note {
  case words(String)
  case ambiguousDates, soundsLikeMoney, soundsLikeShare, leadingZeros
  case manyChoices(Int, Int)
  case mixed(String)
}

/// Names that rule files can write without back-ticks, made from headers and cells.
enum Identifier {
  /// `No. of Employees` → `no_of_employees`; Chinese stays as it is.
  static func field(_ header: String, number: Int) -> String {
    let name = words(header).joined(separator: "_")
    return name.isEmpty ? "column_\(number)" : name
  }

  static func member(_ value: String, number: Int) -> String {
    if Printer.spelled(value) == value { return value }
    let name = words(value).joined(separator: "_")
    return name.isEmpty ? "value_\(number)" : name
  }

  /// `order_items` → `OrderItems`.
  static func type(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// Lower-case words of letters and digits; one that begins with a digit gets `n` before it.
  private static func words(_ text: String) -> [String] {
    let parts = text.lowercased().split { !($0.isLetter || $0.isNumber && $0.isASCII) }
    return parts.enumerated().map { index, part in
      index == 0 && part.first.map(\.isNumber) ?? false ? "n\(part)" : String(part)
    }
  }
}
