import WritText

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a command ends with; of several the highest wins.
enum ExitStatus: Int32, Comparable {
  /// Done; a refusal is an answer.
  case done = 0
  /// A test says no, or a decision is a fault.
  case no = 1
  /// Bad usage, bad rules, or a file that cannot be read or written.
  case unusable = 2
  /// Rows that do not fit were set aside.
  case badRows = 3

  static func < (a: ExitStatus, b: ExitStatus) -> Bool { a.rawValue < b.rawValue }

  mutating func raise(to other: ExitStatus) { self = max(self, other) }
}

/// What stops a command: one sentence, and a way out where one is known.
///
/// It has no place in a source; what has one is a `Diagnostic`.
struct Failure: Error {
  let code: String
  let message: Phrase
  var help: [Phrase] = []
}

// MARK: - Usage

extension Failure {
  static func unknownCommand(_ word: String, near: String?) -> Failure {
    Failure(
      code: "unknown-command",
      message: Phrase("there is no command `\(word)`", zh: "没有 `\(word)` 这个命令"),
      help: [
        near.map { Phrase("did you mean `writ \($0)`?", zh: "是不是想用 `writ \($0)`？") }
          ?? Phrase("`writ --help` lists the commands", zh: "`writ --help` 列出所有命令")
      ])
  }

  static func unknownOption(_ option: String, command: String?, near: String?) -> Failure {
    let help = command.map { "writ \($0) --help" } ?? "writ --help"
    return Failure(
      code: "unknown-option",
      message: Phrase("there is no option `\(option)`", zh: "没有 `\(option)` 这个选项"),
      help: [
        near.map { Phrase("did you mean `\($0)`?", zh: "是不是想用 `\($0)`？") }
          ?? Phrase("`\(help)` lists the options", zh: "`\(help)` 列出所有选项")
      ])
  }

  static func optionNeedsValue(_ option: String, _ placeholder: String) -> Failure {
    Failure(
      code: "option-needs-value",
      message: Phrase("`\(option)` needs a value", zh: "`\(option)` 后面缺少值"),
      help: [Phrase("write `\(option) \(placeholder)`", zh: "写作 `\(option) \(placeholder)`")])
  }

  static func optionTakesNoValue(_ option: String) -> Failure {
    Failure(
      code: "option-takes-no-value",
      message: Phrase("`\(option)` takes no value", zh: "`\(option)` 不带值"))
  }

  static func optionGivenTwice(_ option: String) -> Failure {
    Failure(
      code: "option-given-twice",
      message: Phrase("`\(option)` is given twice", zh: "`\(option)` 给了两次"))
  }

  static func unknownChoice(_ value: String, option: String, allowed: [String]) -> Failure {
    let list = allowed.map { "`\($0)`" }
    let near = nearest(to: value, among: allowed)
    return Failure(
      code: "unknown-choice",
      message: Phrase(
        "`\(option)` cannot be `\(value)`", zh: "`\(option)` 不能是 `\(value)`"),
      help: [
        near.map { Phrase("did you mean `\($0)`?", zh: "是不是想用 `\($0)`？") }
          ?? Phrase(
            "choose one of " + list.joined(separator: ", "),
            zh: "可选 " + list.joined(separator: "、"))
      ])
  }

  static func missingOperand(_ what: Phrase, example: String) -> Failure {
    Failure(
      code: "missing-argument",
      message: Phrase(
        "say which \(what.english)", zh: "请指明\(what.chinese)"),
      help: [Phrase("for example `\(example)`", zh: "例如 `\(example)`")])
  }

  static func extraOperand(_ word: String) -> Failure {
    Failure(
      code: "extra-argument",
      message: Phrase("nothing is expected at `\(word)`", zh: "这里不需要 `\(word)`"))
  }

  static func badDate(_ text: String, option: String) -> Failure {
    Failure(
      code: "bad-date",
      message: Phrase(
        "`\(option) \(text)` is no calendar date", zh: "`\(option) \(text)` 不是有效的日期"),
      help: [Phrase("write it as 2026-12-31", zh: "写作 2026-12-31 的形式")])
  }
}

// MARK: - Files

extension Failure {
  static func missingFile(_ path: String) -> Failure {
    Failure(
      code: "no-such-file",
      message: Phrase("there is no file or folder `\(path)`", zh: "没有文件或文件夹 `\(path)`"))
  }

  static func cannotRead(_ path: String, error: Int32) -> Failure {
    let reason = SystemError(error).phrase
    return Failure(
      code: "cannot-read",
      message: Phrase(
        "cannot read `\(path)`: \(reason.english)", zh: "读不了 `\(path)`：\(reason.chinese)"))
  }

  static func cannotWrite(_ path: String, error: Int32) -> Failure {
    let reason = SystemError(error).phrase
    return Failure(
      code: "cannot-write",
      message: Phrase(
        "cannot write `\(path)`: \(reason.english)", zh: "写不了 `\(path)`：\(reason.chinese)"))
  }

  static func cannotWriteOutput(error: Int32) -> Failure {
    let reason = SystemError(error).phrase
    return Failure(
      code: "cannot-write",
      message: Phrase(
        "cannot write the results: \(reason.english)", zh: "写不出结果：\(reason.chinese)"))
  }

  static func noRules(in path: String) -> Failure {
    Failure(
      code: "no-rules",
      message: Phrase(
        "there is no `.writ` file in `\(path)`", zh: "`\(path)` 里没有 `.writ` 文件"))
  }

  static func fileTooLarge(_ path: String, limitMegabytes: Int) -> Failure {
    Failure(
      code: "file-too-large",
      message: Phrase(
        "`\(path)` is larger than the \(limitMegabytes) MB a rule file may have",
        zh: "`\(path)` 超过了规则文件 \(limitMegabytes) MB 的上限"))
  }
}

/// What the system said no with, in words.
struct SystemError {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  var phrase: Phrase {
    switch number {
    case ENOENT: Phrase("it is not there", zh: "不存在")
    case EACCES, EPERM: Phrase("permission denied", zh: "没有权限")
    case ENOSPC, EDQUOT: Phrase("no space left on the disk", zh: "磁盘已满")
    case EISDIR: Phrase("it is a folder", zh: "这是文件夹")
    case ENOTDIR: Phrase("part of the path is not a folder", zh: "路径中有一段不是文件夹")
    case EROFS: Phrase("the disk is read-only", zh: "磁盘是只读的")
    case ELOOP: Phrase("its links run in a circle", zh: "链接绕成了圈")
    case EMFILE, ENFILE: Phrase("too many files are open", zh: "打开的文件太多")
    case ENAMETOOLONG: Phrase("the name is too long", zh: "名字太长")
    case EFBIG: Phrase("the file is too large", zh: "文件太大")
    case EIO: Phrase("the disk failed", zh: "磁盘读写出错")
    case ENOMEM: Phrase("there is not enough memory", zh: "内存不足")
    default:
      Phrase(String(cString: strerror(number)), zh: "系统错误 \(number)")
    }
  }
}
