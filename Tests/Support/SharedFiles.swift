#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files beside the package that tests read where they are present: suites and recorded data.
public enum SharedFiles {
  /// `WRIT_SHARED`, or `../shared` beside the package.
  public static let root: String = {
    if let set = getenv("WRIT_SHARED") { return String(cString: set) }
    let here = #filePath.split(separator: "/").dropLast(4)
    return "/" + here.joined(separator: "/") + "/shared"
  }()

  /// The bytes of a file, or nil with a printed message if it is not there.
  public static func bytes(_ path: String) -> [UInt8]? {
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

  /// The names in a folder, sorted; empty with a printed message if it is not there.
  public static func names(in path: String) -> [String] {
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
