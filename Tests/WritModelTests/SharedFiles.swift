import Glibc

/// Files beside the package that tests read where they are present: suites and recorded data.
enum SharedFiles {
  /// `WRIT_SHARED`, or `../shared` beside the package.
  static let root: String = {
    if let set = getenv("WRIT_SHARED") { return String(cString: set) }
    let here = #filePath.split(separator: "/").dropLast(4)
    return "/" + here.joined(separator: "/") + "/shared"
  }()

  /// The bytes of a file, or nil with a printed message if it is not there.
  static func bytes(_ path: String) -> [UInt8]? {
    guard let file = fopen("\(root)/\(path)", "rb") else {
      print("skipped: no \(path) in \(root)")
      return nil
    }
    defer { fclose(file) }
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, file), count > 0 {
      all.append(contentsOf: block[..<count])
    }
    return all
  }

  static func text(_ path: String) -> String? {
    bytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The names in a folder, sorted; empty with a printed message if it is not there.
  static func names(in path: String) -> [String] {
    guard let folder = opendir("\(root)/\(path)") else {
      print("skipped: no \(path) in \(root)")
      return []
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}

/// A small generator with a seed that is printed where it is used.
struct Random: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A seed of this run, printed.
  static func seeded(_ name: String) -> Random {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed of \(name): \(seed)")
    return Random(seed: seed)
  }
}
