import Foundation
import Testing

/// Where the recorded tables stand; nil, said once, when they are not there.
private let recordedData: String? = {
  let shared = ProcessInfo.processInfo.environment["WRIT_SHARED"] ?? packageRoot + "/../shared"
  let path = shared + "/data"
  guard FileManager.default.fileExists(atPath: path) else {
    print("no recorded tables at \(path): the tests over them are skipped")
    return nil
  }
  return path
}()

private let recordedRules = packageRoot + "/Tests/Recorded"

/// Rules of ours over real tables (`Tests/Recorded/README.md` says which and what must come out).
@Suite(.enabled(if: recordedData != nil)) struct RecordedTests {
  let data = recordedData ?? ""

  /// Runs rules over data and counts the rows whose line holds each of the pieces.
  private func check(
    _ rules: [String], data folders: [String], status: Int32 = 0, rows: Int,
    counts: [(piece: String, count: Int)], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try decide(rules, data: folders)
    #expect(run.status == status, "\(run.messages)", sourceLocation: sourceLocation)
    let lines = run.out.split(separator: "\n")
    #expect(lines.count == rows, sourceLocation: sourceLocation)
    for (piece, count) in counts {
      let found = lines.count { $0.contains(piece) }
      #expect(found == count, "lines with \(piece)", sourceLocation: sourceLocation)
    }
  }

  private func decide(_ rules: [String], data folders: [String]) throws -> Run {
    let words =
      ["writ", "run"] + rules + folders.flatMap { ["--data", $0] }
      + ["--format", "jsonl", "--as-of", "2026-01-01"]
    return try shell(words.map { "'\($0)'" }.joined(separator: " "))
  }

  /// Tables `from` a file are looked up beside their rules, so both are put side by side.
  private func beside(_ rules: String, _ file: String) throws -> Scratch {
    let scratch = Scratch()
    try scratch.write("rules.writ", String(contentsOfFile: rules, encoding: .utf8))
    let name = URL(fileURLWithPath: file).lastPathComponent
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/" + name, withDestinationPath: file)
    return scratch
  }

  @Test func `31 written rows say every discount of the store`() throws {
    try check(
      [recordedRules + "/superstore-rules"], data: [data + "/superstore"], rows: 9994,
      counts: [("\"agrees\":true", 9994)])
  }

  @Test func `a table of 656 rows says every discount of the store`() throws {
    let rules = try beside(
      recordedRules + "/superstore-table/rules.writ",
      data + "/superstore/derived_discount_table.csv")
    try check(
      [rules.path], data: [data + "/superstore"], rows: 9994,
      counts: [("\"agrees\":true", 9994)])
  }

  @Test func `sales and profit follow to the last digit`() throws {
    try check(
      [recordedRules + "/superstore-amounts"], data: [data + "/superstore"], rows: 9994,
      counts: [("\"sales_agree\":true", 9994), ("\"profit_agrees\":true", 9994)])
  }

  @Test func `tiers of leads, and no tier where nothing is known`() throws {
    try check(
      [recordedRules + "/leads-tiers"], data: [data + "/leads_xedu"], rows: 9240,
      counts: [
        ("\"activity_agrees\":true", 5022), ("\"profile_agrees\":true", 5022),
        ("\"activity\":\"", 5022), ("\"profile\":\"", 5022),
        ("\"activity_agrees\":null", 4218), ("\"profile_agrees\":null", 4218),
      ])
  }

  @Test(arguments: [("dashes", ""), ("slashes", "/variant_slash_dates")])
  func `rules and headers in Chinese`(form: String, folder: String) throws {
    try check(
      [recordedRules + "/tmall/rules.writ", recordedRules + "/tmall/" + form],
      data: [data + "/tmall_zh" + folder], rows: 28010,
      counts: [("\"相符\":true", 24087), ("\"相符\":false", 0), ("\"已付款\":false", 28010 - 24087)])
  }

  @Test func `old unit prices of the traders`() throws {
    try check(
      [recordedRules + "/northwind"], data: [data + "/northwind"], rows: 2155,
      counts: [("\"agrees\":true", 2146), ("\"agrees\":false", 9)])
  }

  /// The first rows of a file, under its own name in a folder of their own.
  private func beginning(of file: String, rows: Int) throws -> Scratch {
    let scratch = Scratch()
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    try scratch.write(
      URL(fileURLWithPath: file).lastPathComponent,
      lines.prefix(rows + 1).joined(separator: "\n") + "\n")
    return scratch
  }

  @Test func `a pipeline with dates in two forms gives the same bytes`() throws {
    let policy = recordedRules + "/maven/policy.writ"
    let crm = data + "/maven_crm"
    let iso = try beginning(of: crm + "/sales_pipeline.csv", rows: 1200)
    let mdy = try beginning(of: crm + "/variant_mdy/sales_pipeline.csv", rows: 1200)
    let runs = try [("iso", iso), ("mdy", mdy)].map { form, folder in
      try decide(
        [policy, recordedRules + "/maven/" + form],
        data: [crm, "Opportunity=\(folder.path)/sales_pipeline.csv"])
    }
    #expect(runs[0].status == 0, "\(runs[0].messages)")
    #expect(runs[0].out == runs[1].out)
    #expect(runs[0].out.split(separator: "\n").count { $0.contains("\"Opportunity\"") } == 1200)
    #expect(runs[0].out.split(separator: "\n").count { $0.contains("\"assignee\":\"") } > 700)
  }

  @Test(arguments: ["", "/variant_mdy"])
  func `products that do not join are said and lose no row`(variant: String) throws {
    let form = variant.isEmpty ? "iso" : "mdy"
    let crm = data + "/maven_crm"
    let run = try shell(
      "writ run '\(recordedRules)/maven/policy.writ' '\(recordedRules)/maven/\(form)' "
        + "--data '\(crm)' --data 'Opportunity=\(crm)\(variant)/sales_pipeline.csv' "
        + "--only list_price --as-of 2026-01-01")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.messages.contains("1,480") && run.messages.contains("GTXPro"))
    let lines = run.out.split(separator: "\n")
    #expect(lines.count == 8800)
    #expect(lines.count { $0.contains("\"list_price\":null") } == 1480)
  }

  @Test func `a damaged export and its twin tell the same story`() throws {
    let policy = recordedRules + "/olist/policy.writ"
    let funnel = data + "/olist_funnel"
    let damaged = try decide([policy, recordedRules + "/olist/damaged"], data: [funnel])
    let iso = try decide(
      [policy, recordedRules + "/olist/iso"], data: [funnel + "/variant_iso"])
    #expect(damaged.status == 0, "\(damaged.messages)")
    #expect(iso.status == 0, "\(iso.messages)")
    #expect(damaged.out == iso.out)
    let lines = damaged.out.split(separator: "\n")
    #expect(lines.count { $0.contains("\"Lead\"") } == 8000)
    #expect(lines.count { $0.contains("\"Deal\"") } == 842)
    #expect(lines.count { $0.contains("\"401013266745e5661589292315434968\"") } == 1)
  }

  @Test(arguments: [
    ("refused-gbk", "/cosmetics_zh/variant_gbk", "GBK"), ("refused-xlsx", "/leads_xedu", "xlsx"),
  ])
  func `refuses what is no table of text`(rules: String, folder: String, kind: String) throws {
    let run = try decide([recordedRules + "/" + rules], data: [data + folder])
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(run.messages.lowercased().contains(kind.lowercased()), "\(run.messages)")
    #expect(run.messages.contains("help:"), "\(run.messages)")
  }
}
