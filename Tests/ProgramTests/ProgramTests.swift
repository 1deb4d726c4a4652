import Foundation
import Testing

struct CommandLineTests {
  @Test func `says its version`() throws {
    let run = try writ("--version")
    #expect(run.status == 0)
    #expect(run.out.hasPrefix("writ "))
    #expect(run.messages == "")
  }

  @Test(arguments: ["en", "zh"])
  func `fits its overview on one screen`(language: String) throws {
    let run = try writ("--help", "--lang", language)
    #expect(run.status == 0)
    #expect(run.out.split(separator: "\n", omittingEmptySubsequences: false).count <= 25)
    for command in ["check", "run", "why", "test", "fmt", "explain", "new"] {
      #expect(run.out.contains("  \(command) "), "no line for \(command)")
      let page = try writ(command, "--help", "--lang", language)
      #expect(page.status == 0)
      #expect(page.out.contains("writ \(command) "))
    }
  }

  @Test(arguments: [
    (["chekc"], "unknown-command", "`writ check`"),
    (["xyzzy"], "unknown-command", "`writ --help`"),
    (["check", "--fromat", "json"], "unknown-option", "`--format`"),
    (["check", "--format", "jsno", "x"], "unknown-choice", "`json`"),
    (["check", "--format"], "option-needs-value", "--format"),
    (["check", "--format=json", "--format=plain", "x"], "option-given-twice", "--format"),
    (["check", "--show=yes", "x"], "option-takes-no-value", "--show"),
    (["check"], "missing-argument", "writ check"),
    (["check", "no-such-folder"], "no-such-file", "no-such-folder"),
    (["explain"], "missing-argument", "writ explain"),
    (["explain", "no-such-code"], "unknown-code", "no-such-code"),
    (["--lang", "fr", "check"], "unknown-choice", "`en`"),
  ])
  func `says what is wrong with the words`(
    words: [String], code: String, mentions: String
  ) throws {
    let run = try shell("writ " + words.joined(separator: " "))
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(run.messages.contains("[\(code)]"))
    #expect(run.messages.contains(mentions))
  }

  @Test(arguments: [
    (["LANG": "zh_CN.UTF-8"], "错误"), (["LANG": "zh_CN.UTF-8", "LC_ALL": "C"], "error"),
    (["LC_MESSAGES": "zh_TW"], "错误"), (["LANG": ""], "error"),
  ])
  func `speaks the language of the environment`(
    variables: [String: String], word: String
  ) throws {
    #expect(try writ("xyzzy", environment: variables).messages.contains(word))
  }

  @Test func `speaks the language that is asked for`() throws {
    #expect(try writ("--lang=zh", "xyzzy").messages.contains("错误"))
    #expect(
      try writ("xyzzy", "--lang", "en", environment: ["LANG": "zh_CN"]).messages.contains("error"))
  }

  @Test func `never decorates a pipe unless asked`() throws {
    #expect(!(try writ("check", "nowhere").messages.contains("\u{1B}")))
    #expect(try writ("check", "nowhere", "--color=always").messages.contains("\u{1B}"))
    #expect(
      try writ("check", "nowhere", "--color=always", environment: ["NO_COLOR": "1"]).messages
        .contains("\u{1B}"))
  }

  @Test func `ends quietly when the reader goes away`() throws {
    let run = try shell("writ --help | true; exit ${PIPESTATUS[0]}")
    #expect(run.status == 0)
    #expect(run.messages == "")
  }

  @Test func `says that the disk is full`() throws {
    let run = try shell("writ --help > /dev/full")
    #expect(run.status == 2)
    #expect(run.messages.contains("no space left"))
    #expect(run.messages.split(separator: "\n").count == 1)
  }
}

struct DiagnosticPagesTests {
  @Test func `the program carries the pages of the grammar`() throws {
    let markdown = packageRoot + "/grammar/DIAGNOSTICS.md"
    guard let text = try? String(contentsOfFile: markdown, encoding: .utf8) else {
      print("no grammar/DIAGNOSTICS.md: not compared")
      return
    }
    let swift = packageRoot + "/Sources/writ/DiagnosticPages.swift"
    let present = try String(contentsOfFile: swift, encoding: .utf8)
    let head = present.prefix(upTo: try #require(present.range(of: "#####\"\"\"\n")).upperBound)
    let indented = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n")
    let wanted = String(head) + indented + "\n  \"\"\"#####\n"
    if ProcessInfo.processInfo.environment["WRIT_RECORD"] != nil {
      try wanted.write(toFile: swift, atomically: true, encoding: .utf8)
    } else {
      #expect(
        present == wanted, "grammar/DIAGNOSTICS.md changed: run the test with WRIT_RECORD=1")
    }
  }
}
