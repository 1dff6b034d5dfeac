#include <limits>

int main() {
  volatile int largest = std::numeric_limits<int>::max();
  largest = largest + 1;  // BUG
  return largest == 0;
}
