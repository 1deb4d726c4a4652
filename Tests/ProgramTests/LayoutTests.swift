import Testing

/// What is kept in the project has the layout that `fmt` gives.
@Suite struct OwnLayoutTests {
  @Test func `the rule books and the playground are in the one layout`() throws {
    let run = try writ("fmt", "--check", packageRoot + "/rules", packageRoot + "/playground")
    #expect(run.status == 0, "writ fmt would change:\n\(run.out)\(run.messages)")
    #expect(run.out.isEmpty)
  }
}
