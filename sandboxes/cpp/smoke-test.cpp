// Run in a sandbox of this image with the line "ping" as standard input.
#include <bits/stdc++.h>
#include <boost/multiprecision/cpp_int.hpp>
#include <openssl/sha.h>
#include <unistd.h>
using namespace std;

#define check(condition) \
  if (!(condition)) throw runtime_error(#condition)

int main() {
  string line;
  getline(cin, line);
  check(line == "ping");
  check(filesystem::current_path() == "/workspace" && getuid() != 0);
  ofstream("note.txt") << "x";
  vector<thread> threads;
  atomic<int> sum = 0;
  for (int i = 0; i < 8; i++) threads.emplace_back([&, i] { sum += i; });
  for (auto& it : threads) it.join();
  check(sum == 28);
  boost::multiprecision::cpp_int large = boost::multiprecision::pow(boost::multiprecision::cpp_int(2), 100);
  check(large.str() == "1267650600228229401496703205376");
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>("a"), 1, digest);
  check(digest[0] == 0xca);
  cout << "ok" << endl;
}
