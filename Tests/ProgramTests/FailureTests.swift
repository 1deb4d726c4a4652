import Foundation
import Testing

/// What stops a command, or is said beside its results: each message by a line that provokes it.
struct FailureTests {
  private static let rules = #"""
    record Rep { id : text key }
    record Lead { id : text key  size : number?  owner : Rep? }
    data Rep from "reps.csv"
    data Lead from "leads.csv"
    decide rank for Lead -> number, first { "by size": when size is known : size }
    decide turn for Rep -> number, first { "all": 1 }

    """#

  private func desk() throws -> Scratch {
    let scratch = Scratch()
    try scratch.write("rules/desk.writ", Self.rules)
    try scratch.write("bare.writ", "record Lead { id : text key }\n")
    try scratch.write("data/reps.csv", "id\nR1\n")
    try scratch.write("data/leads.csv", "id,size,owner\nL1,5,R1\nL2,,R9\n")
    try scratch.write("some.csv", "id\nX\n")
    return scratch
  }

  @Test(arguments: [
    ("writ run rules --data data --data Lead=data", "cannot-read", 2),
    ("writ run rules --data data --output nowhere/out.csv", "cannot-write", 2),
    ("writ run rules --data data", "dangling-reference", 0),
    ("writ explain circle circle", "extra-argument", 2),
    ("truncate -s 65M big.writ; writ check big.writ", "file-too-large", 2),
    ("writ run rules --data rules", "missing-data", 2),
    ("writ check data", "no-rules", 2),
    ("writ run bare.writ --data Lead=some.csv", "nothing-to-decide", 2),
    ("writ run rules --data Lead=- --data Rep=-", "one-standard-input", 2),
    ("writ run rules --data data --format csv", "several-record-types", 2),
    ("writ run rules --data some.csv", "whose-data", 2),
    ("writ run rules --data data --max-firings none", "bad-count", 2),
  ])
  func `says what it cannot do`(line: String, code: String, status: Int32) throws {
    let desk = try desk()
    for language in ["en_US", "zh_CN"] {
      let run = try shell("export LANG=\(language); " + line, in: desk)
      #expect(run.status == status, "\(run.messages)")
      #expect(run.messages.contains("[\(code)]"), "\(run.messages)")
    }
  }

  /// Expressions are walked by recursion: what the parser lets pass has room enough.
  @Test(arguments: [
    ("(", "+", ")", 60, 190, ""), ("rounded(", "+", ", 1)", 30, 1, ""), ("", "+", "", 0, 190, ""),
    ("", "+", "", 0, 500, "expression-too-long"), ("((", "+", "))", 190, 1, "nesting-too-deep"),
  ])
  func `survives deep expressions`(
    open: String, sign: String, close: String, depth: Int, length: Int, code: String
  ) throws {
    let row = Array(repeating: "n", count: length).joined(separator: " \(sign) ")
    let expression =
      String(repeating: open, count: depth) + row + String(repeating: close, count: depth)
    let text = "record A { id : text key, n : number }\ndefine A.x = \(expression)\n"
    let run = try writ("check", "-", input: text)
    #expect(run.status == (code.isEmpty ? 0 : 2), "\(run.out.prefix(500))")
    #expect(run.out.contains("[\(code)]") == !code.isEmpty, "\(run.out.prefix(500))")
  }
}

/// Writing to what is no plain file.
struct PipeFileTests {
  @Test func `a named pipe is written to, and stays one`() throws {
    let scratch = Scratch()
    try scratch.write("a.writ", "record A { id : text key }\ndefine A.x = 1")
    try scratch.write("a.csv", "id\n1\n")
    let path = scratch.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    // Open at both ends, so that neither side waits; what is written fits the pipe.
    let pipe = FileHandle(fileDescriptor: open(path, O_RDWR | O_NONBLOCK), closeOnDealloc: true)
    let run = try writ("run", "a.writ", "--data", "A=a.csv", "--output", "pipe", in: scratch)
    #expect(run.status == 0)
    #expect(String(decoding: pipe.availableData, as: UTF8.self).contains("\"x\":1"))
    let kind = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    #expect(kind != .typeRegular)
  }
}
