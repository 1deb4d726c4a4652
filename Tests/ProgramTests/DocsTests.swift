import Foundation
import Testing

/// A fenced block of a page that is writ.
private struct Block: CustomStringConvertible, Sendable {
  let page: String
  let line: Int
  /// Only parsed.
  let isFragment: Bool
  let text: String

  var description: String { "\(page):\(line)" }

  static func all(in page: String) -> [Block] {
    guard let text = try? String(contentsOfFile: packageRoot + "/" + page, encoding: .utf8) else {
      return []
    }
    var blocks: [Block] = []
    var open: (line: Int, isFragment: Bool, lines: [Substring])?
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if let block = open {
        if line == "```" {
          blocks.append(
            Block(
              page: page, line: block.line, isFragment: block.isFragment,
              text: block.lines.joined(separator: "\n") + "\n"))
          open = nil
        } else {
          open?.lines.append(line)
        }
      } else if line == "```writ" || line == "```writ fragment" {
        open = (index + 2, line != "```writ", [])
      }
    }
    return blocks
  }
}

private let pages = ["grammar/SPEC.md", "README.md"]
private let programs = pages.flatMap(Block.all).filter { !$0.isFragment }
private let fragments = pages.flatMap(Block.all).filter(\.isFragment)

/// How many tests a `writ test` says passed.
private func passed(_ run: Run) -> Int {
  let words = (run.out + run.messages).split { $0 == " " || $0 == "\n" }
  guard let place = words.lastIndex(where: { $0.hasPrefix("passed") }), place > 0 else { return 0 }
  return Int(words[place - 1]) ?? 0
}

/// What the pages claim.
struct DocsTests {
  @Test func `there are programs and fragments to look at`() {
    #expect(programs.count >= 15)
    #expect(fragments.count >= 3)
  }

  @Test(arguments: programs)
  private func `every program of the specification passes its tests`(block: Block) throws {
    let scratch = Scratch()
    try scratch.write("example.writ", block.text)
    let run = try writ("test", "example.writ", in: scratch)
    #expect(run.status == 0, "\(block): \(run.out)\(run.messages)")
    #expect(passed(run) > 0, "\(block): nothing was tested")
  }

  /// The look at an answer that the readme gives.
  @Test func `the answer in the readme is what comes out`() throws {
    let readme = try String(contentsOfFile: packageRoot + "/README.md", encoding: .utf8)
    let prompt = "    $ swift run writ "
    let lines = readme.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix(prompt) })
    let shown = lines[(start + 1)...].prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
    #expect(shown.count > 5)
    let run = try shell(
      "cd '\(packageRoot)' && writ " + lines[start].dropFirst(prompt.count))
    for line in shown { #expect(run.out.contains(line), "\(line)") }
  }

  @Test(arguments: fragments)
  private func `every fragment parses`(block: Block) throws {
    let scratch = Scratch()
    try scratch.write("example.writ", block.text)
    let run = try writ("fmt", "example.writ", in: scratch)
    #expect(run.status == 0, "\(block): \(run.messages)")
  }
}

private let books: [String] = {
  let names = try? FileManager.default.contentsOfDirectory(atPath: packageRoot + "/rules")
  return (names ?? []).filter { !$0.contains(".") }.sorted()
}()

/// The rule books, and the world to play with.
struct RuleBookTests {
  @Test func `there are books`() { #expect(books.count >= 4) }

  @Test(arguments: books, ["en", "zh"])
  func `every book checks without a warning and keeps its promises`(
    book: String, language: String
  ) throws {
    let folder = packageRoot + "/rules/\(book)/\(language)"
    let check = try writ("check", folder)
    #expect(check.status == 0, "\(check.out)\(check.messages)")
    let test = try writ("test", folder)
    #expect(test.status == 0, "\(test.out)\(test.messages)")
    #expect(passed(test) > 0)
  }

  /// Names and titles differ, so the twins are held against each other by what they amount to.
  @Test(arguments: books)
  func `both languages of a book are the same program`(book: String) throws {
    let summaries = try ["en", "zh"].map { language in
      let run = try writ("check", packageRoot + "/rules/\(book)/\(language)")
      let lines = (run.out + run.messages).split(separator: "\n")
      return lines.last { $0.contains("files") }.map(String.init)
    }
    #expect(summaries[0] != nil)
    #expect(summaries[0] == summaries[1])
  }

  @Test func `the east company checks, keeps its promises and runs`() throws {
    let folder = packageRoot + "/playground/east"
    let check = try writ("check", folder)
    #expect(check.status == 0, "\(check.out)\(check.messages)")
    let test = try writ("test", folder)
    #expect(test.status == 0, "\(test.out)\(test.messages)")
    let run = try writ("run", folder, "--as-of", "2026-06-30")
    #expect(run.status == 0, "\(run.messages)")
    let lines = run.out.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("{\"record\":\"Lead\"") } == 300)
    #expect(lines.count { $0.hasPrefix("{\"record\":\"Account\"") } == 120)
    #expect(lines.count { $0.hasPrefix("{\"record\":\"Quote\"") } == 200)
    #expect(lines.count { $0.hasPrefix("{\"record\":\"Line\"") } == 521)
    #expect(try writ("run", folder, "--as-of", "2026-06-30").out == run.out)
  }

  /// The committed data are what the generator makes.
  @Test func `the east company is made again to the byte`() throws {
    let scratch = Scratch()
    let folder = packageRoot + "/playground/east"
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let made = try shell(
      "PATH=\"$PATH:\(path)\" swift '\(folder)/generate.swift' '\(scratch.path)'")
    guard made.status != 127 else {
      print("no `swift` to run the generator with: not compared")
      return
    }
    #expect(made.status == 0, "\(made.messages)")
    for name in try scratch.names() where name.hasSuffix(".csv") {
      let kept = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
      #expect(try scratch.read(name) == kept, "\(name)")
    }
    #expect(try scratch.names().count == 8)
  }
}
