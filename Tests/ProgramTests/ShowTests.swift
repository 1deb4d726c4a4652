import Testing

struct ShowTests {
  @Test func `works out prices and boundaries on the records of the tests`() throws {
    let scratch = Scratch()
    try scratch.write(
      "a.writ",
      #"""
      currency CNY
      record Item { id : text key  tag : money  quantity : integer  employees : integer }
      define Item.size = case { employees >= 500 : 2  else : 1 }
      price Item, each step on the running price {
        start tag
        times quantity
        "满5000减200": tier by running { from 5000 : 200 off }
        round half up to 0.01
      }
      test "one" {
        given Item { id "1", tag 2400, quantity 2, employees 9 }
        expect Item "1".size is 1
      }
      """#)
    let run = try writ("check", "a.writ", "--show", in: scratch)
    #expect(run.status == 0, "\(run.out)")
    for piece in [
      "employees: 499 → 1 · 500 → 2 · 501 → 2", "price Item, on the records of \"one\"",
      "times quantity", "4800.00", "200.00 more reaches \"满5000减200\" from 5000.00",
    ] {
      #expect(run.out.contains(piece), "\(piece) in\n\(run.out)")
    }
    // The test's own records are as they were.
    #expect(try writ("test", "a.writ", in: scratch).out.contains("1 passed"))
  }

  @Test func `explains codes in the language of the reader`() throws {
    let english = try writ("explain", "error[file-is-there]")
    #expect(english.status == 0)
    #expect(english.out.contains("never writes over a file"))
    let chinese = try writ("explain", "file-is-there", "--lang", "zh")
    #expect(chinese.out.contains("不会"))
    #expect(!chinese.out.contains("never writes"))
    #expect(try writ("explain", "file-is-their").messages.contains("`file-is-there`"))
  }
}
