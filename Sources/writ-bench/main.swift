print("writ-bench")
