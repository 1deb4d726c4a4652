import WritText

// What can be wrong with a file as a whole, and with the make of a row.

extension DataProblem {
  /// What bytes that are no text look like.
  enum Look {
    case workbook, oldWorkbook, zip, gzip, pdf, utf16, binary

    var phrase: Phrase {
      switch self {
      case .workbook:
        Phrase("an Excel workbook (.xlsx)", zh: "Excel 工作簿（.xlsx）")
      case .oldWorkbook:
        Phrase("an old Excel workbook (.xls)", zh: "旧版 Excel 工作簿（.xls）")
      case .zip: Phrase("a zip archive", zh: "zip 压缩包")
      case .gzip: Phrase("a gzip archive", zh: "gzip 压缩文件")
      case .pdf: Phrase("a PDF document", zh: "PDF 文档")
      case .utf16: Phrase("text in UTF-16", zh: "UTF-16 编码的文本")
      case .binary: Phrase("no text at all", zh: "二进制内容，而不是文本")
      }
    }

    var help: Phrase {
      switch self {
      case .workbook, .oldWorkbook:
        Phrase(
          "open it and save it as `CSV UTF-8 (comma delimited)`",
          zh: "请打开它，另存为“CSV UTF-8（逗号分隔）”")
      case .zip, .gzip:
        Phrase("unpack it and give the file inside", zh: "请先解压，再使用其中的文件")
      case .pdf, .binary:
        Phrase("export the table as CSV or JSON Lines", zh: "请把表格导出为 CSV 或 JSON Lines")
      case .utf16:
        Phrase("save it as UTF-8", zh: "请另存为 UTF-8 编码")
      }
    }
  }

  static func notText(_ look: Look) -> DataProblem {
    DataProblem(
      "not-a-text-file",
      Phrase(
        "the file is \(look.phrase.english), not CSV or JSON",
        zh: "这个文件是\(look.phrase.chinese)，不是 CSV 或 JSON"),
      help: [look.help])
  }

  static func notUTF8(_ bytes: Bytes, at offset: Int) -> DataProblem {
    var line = 1
    var lineStart = 0
    for index in 0..<Swift.min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    return notUTF8(line: line, byte: offset - lineStart + 1, looksLikeGBK: false)
  }

  static func notUTF8(line: Int, byte: Int, looksLikeGBK: Bool) -> DataProblem {
    DataProblem(
      "not-utf8",
      looksLikeGBK
        ? Phrase(
          "line \(line) is not UTF-8 from byte \(byte) on; the file looks like GBK",
          zh: "第 \(line) 行第 \(byte) 个字节起不是 UTF-8；文件看起来是 GBK 编码")
        : Phrase(
          "line \(line) is not UTF-8 from byte \(byte) on",
          zh: "第 \(line) 行第 \(byte) 个字节起不是 UTF-8"),
      help: looksLikeGBK
        ? [
          Phrase(
            "say `encoding \"GBK\"` in the `data` block, or save the file as UTF-8",
            zh: "请在 `数据` 块里写 `编码 \"GBK\"`，或把文件另存为 UTF-8")
        ] : [Phrase("save the file as UTF-8", zh: "请把文件另存为 UTF-8")],
      line: line)
  }

  static func unknownEncoding(_ name: String) -> DataProblem {
    DataProblem(
      "unknown-encoding",
      Phrase("the encoding `\(name)` is not known", zh: "不认识编码 `\(name)`"),
      help: [Phrase("UTF-8 and GBK are read", zh: "支持 UTF-8 和 GBK")])
  }

  static func emptyFile() -> DataProblem {
    DataProblem(
      "empty-file",
      Phrase("the file has no header line", zh: "文件没有标题行"),
      help: [
        Phrase(
          "a file without records is its header line alone",
          zh: "没有记录的文件也要有标题行")
      ], line: 1)
  }

  /// `isNamed`: `from` says what the column is called, so leaving it out is no choice of the file's.
  static func missingColumn(
    _ names: [String], of field: String, near: [String], isNamed: Bool
  ) -> DataProblem {
    let english = names.map { "`\($0)`" }.joined(separator: " or ")
    let chinese = names.map { "`\($0)`" }.joined(separator: "或")
    return DataProblem(
      "missing-column",
      Phrase(
        "there is no column \(english) for `\(field)`", zh: "没有 `\(field)` 的列 \(chinese)"),
      help: didYouMean(near) + [
        isNamed
          ? Phrase(
            "correct the header behind `from`, or take the line of `\(field)` out of the `data` block",
            zh: "请改正 `来自` 后的列名，或从 `数据` 块里去掉 `\(field)` 这一行")
          : Phrase(
            "name the column with `from`, or let the field be missing with `?`",
            zh: "请用 `来自` 写明列名，或在字段类型后写 `?` 允许缺失")
      ], line: 1, header: names.first)
  }

  /// A file without a header line.
  static func noSuchCell(_ number: Int, of field: String, _ count: Int) -> DataProblem {
    DataProblem(
      "missing-column",
      Phrase(
        "there is no column \(number) for `\(field)`: the rows have \(count) cells",
        zh: "没有 `\(field)` 的第 \(number) 列：每行有 \(count) 格"),
      help: [
        Phrase(
          "say which column it is, as in `\(field) from \"2\"`",
          zh: "请写明是第几列，如 `\(field) 来自 \"2\"`")
      ], line: 1)
  }

  /// Fields that may be missing and have no column: perhaps a column was renamed.
  static func absentColumns(_ all: [String], near: [String]) -> DataProblem {
    // A wide record gets a line that can be read all the same.
    let fields = all.prefix(10).map { "`\($0)`" }
    let rest = all.count - fields.count
    let english = fields.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    let chinese = fields.joined(separator: "、") + (rest > 0 ? " 等 \(all.count) 个字段" : "")
    return DataProblem(
      "absent-column",
      Phrase(
        "no column for \(english): missing in every record",
        zh: "没有 \(chinese) 的列：每条记录都空缺"),
      help: didYouMean(Array(near.prefix(3))) + [
        Phrase(
          "if the file has it under another header, name that with `from`",
          zh: "如果文件里用了别的列名，请用 `来自` 写明")
      ])
  }

  static func duplicateColumn(_ name: String, _ first: Int, _ second: Int) -> DataProblem {
    DataProblem(
      "duplicate-column",
      Phrase(
        "columns \(first) and \(second) are both called `\(name)`",
        zh: "第 \(first) 列和第 \(second) 列都叫 `\(name)`"),
      help: [Phrase("rename one of them", zh: "请给其中一列改名")],
      line: 1, column: second, header: name)
  }

  static func badHeader(_ flaw: CSVScanner.Flaw) -> DataProblem {
    let row = badQuotes(flaw)
    return DataProblem(
      "bad-header",
      Phrase(
        "the header line cannot be read: \(row.message.english)",
        zh: "无法读取标题行：\(row.message.chinese)"),
      help: row.help, line: 1)
  }

  // Rows.

  static func ragged(_ found: Int, expected: Int) -> DataProblem {
    DataProblem(
      found < expected ? "too-few-cells" : "too-many-cells",
      Phrase(
        "the row has \(found) cells, the header \(expected)",
        zh: "这一行有 \(found) 格，标题行有 \(expected) 格"),
      help: found < expected
        ? [
          Phrase(
            "a cell with a line break in it must stand in quotes",
            zh: "含有换行的单元格必须加引号")
        ]
        : [
          Phrase(
            "a cell with the delimiter in it must stand in quotes",
            zh: "含有分隔符的单元格必须加引号")
        ], column: Swift.min(found, expected) + 1)
  }

  static func badQuotes(_ flaw: CSVScanner.Flaw) -> DataProblem {
    switch flaw {
    case .unclosedQuote:
      DataProblem(
        "unclosed-quote",
        Phrase("a quote is opened and not closed", zh: "引号只有开头没有结尾"),
        help: [Phrase("a quote inside a cell is doubled: `\"\"`", zh: "单元格里的引号要写两遍：`\"\"`")])
    case .textBehindQuote(let offset):
      DataProblem(
        "text-behind-quote",
        Phrase(
          "text follows a closing quote at byte \(offset + 1) of the row",
          zh: "这一行第 \(offset + 1) 个字节处，引号结束后还有文字"),
        help: [Phrase("a quote inside a cell is doubled: `\"\"`", zh: "单元格里的引号要写两遍：`\"\"`")])
    case .tooLong:
      DataProblem(
        "row-too-long",
        Phrase("the row is longer than 16 MiB", zh: "这一行超过 16 MiB"),
        help: [Phrase("look for a quote that is not closed", zh: "请检查是否有未结束的引号")])
    }
  }

  static func rowNotUTF8(byte: Int) -> DataProblem {
    DataProblem(
      "row-not-utf8",
      Phrase(
        "the row is not UTF-8 from its byte \(byte + 1) on",
        zh: "这一行从第 \(byte + 1) 个字节起不是 UTF-8"),
      help: [Phrase("save the file as UTF-8", zh: "请把文件另存为 UTF-8")])
  }

  static func duplicateKey(_ key: String, firstLine: Int?) -> DataProblem {
    DataProblem(
      "duplicate-key",
      firstLine.map {
        Phrase("the key `\(key)` was on line \($0) already", zh: "键 `\(key)` 在第 \($0) 行已经出现过")
      } ?? Phrase("the key `\(key)` came before", zh: "键 `\(key)` 之前已经出现过"),
      help: [Phrase("keep one of the rows", zh: "请只保留其中一行")])
  }

  static func notObject() -> DataProblem {
    DataProblem(
      "not-an-object",
      Phrase("a record must be a JSON object", zh: "一条记录应为一个 JSON 对象"),
      help: [
        Phrase(
          "an object a line, or one array of objects", zh: "每行一个对象，或一个由对象组成的数组")
      ])
  }

  static func duplicateMember(_ name: String) -> DataProblem {
    DataProblem(
      "duplicate-member",
      Phrase("the object has two members `\(name)`", zh: "对象里有两个 `\(name)`"),
      help: [Phrase("keep one of them", zh: "请只保留其中一个")], header: name)
  }

  static func badJSON(_ flaw: JSONScanner.Flaw, in bytes: Bytes, at offset: Int) -> DataProblem {
    let place = Swift.min(offset, bytes.count) + 1
    let what =
      switch flaw {
      case .unexpected where offset >= bytes.count:
        Phrase("the JSON ends too early", zh: "JSON 过早结束")
      case .unexpected:
        Phrase("no JSON at byte \(place)", zh: "第 \(place) 个字节处不是 JSON")
      case .badNumber:
        Phrase("a number is badly written at byte \(place)", zh: "第 \(place) 个字节处的数字写法不对")
      case .badEscape:
        Phrase("an unknown escape at byte \(place)", zh: "第 \(place) 个字节处的转义写法不对")
      case .loneSurrogate:
        Phrase("half of a surrogate pair at byte \(place)", zh: "第 \(place) 个字节处只有半个代理对")
      case .controlCharacter:
        Phrase(
          "a control character inside a text at byte \(place)",
          zh: "第 \(place) 个字节处的文本里有控制字符")
      case .unclosedText: Phrase("a text is not closed", zh: "文本没有结束引号")
      case .tooDeep:
        Phrase(
          "more than \(JSONScanner.deepest) levels of nesting",
          zh: "嵌套超过 \(JSONScanner.deepest) 层")
      case .trailing:
        Phrase("something follows the value at byte \(place)", zh: "第 \(place) 个字节处值后面还有内容")
      }
    return DataProblem("bad-json", what)
  }
}
