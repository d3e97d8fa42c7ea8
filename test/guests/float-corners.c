// Rounding modes, flags, infinities, NaNs, subnormals, conversions out of range; printing and reading numbers.
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
static volatile double one = 1, three = 3, zero = 0, big = 1.7e308, small = 2.3e-308;
static volatile float fone = 1, fthree = 3, fbig = 3.4e38f;
int main(void) {
	static const int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
	for (int i = 0; i < 4; i++) {
		fesetround(modes[i]);
		double third = one / three, minus = -one / three;
		float single = fone / fthree;
		printf("%a %a %a %ld %ld\n", third, minus, (double)single, lrint(2.5 * one), lrint(-2.5 * one));
	}
	fesetround(FE_TONEAREST);
	feclearexcept(FE_ALL_EXCEPT); double r = one / zero; printf("%g %x\n", r, fetestexcept(FE_ALL_EXCEPT));
	feclearexcept(FE_ALL_EXCEPT); r = zero / zero; printf("%d %x\n", isnan(r) != 0, fetestexcept(FE_ALL_EXCEPT));
	feclearexcept(FE_ALL_EXCEPT); r = big * 2; printf("%g %x\n", r, fetestexcept(FE_ALL_EXCEPT));
	feclearexcept(FE_ALL_EXCEPT); r = small / three; printf("%a %x\n", r, fetestexcept(FE_ALL_EXCEPT));
	feclearexcept(FE_ALL_EXCEPT); r = one + three; printf("%g %x\n", r, fetestexcept(FE_ALL_EXCEPT));
	feclearexcept(FE_ALL_EXCEPT); float f = fbig * fthree; printf("%g %x\n", (double)f, fetestexcept(FE_ALL_EXCEPT));
	feclearexcept(FE_ALL_EXCEPT); int32_t n = (int32_t)(big * one); printf("%ld %x\n", (long)n, fetestexcept(FE_ALL_EXCEPT));
	feclearexcept(FE_ALL_EXCEPT); uint64_t u = (uint64_t)(three * 1e18); printf("%lx%08lx %x\n", (unsigned long)(u >> 32), (unsigned long)(uint32_t)u, fetestexcept(FE_ALL_EXCEPT));
	feclearexcept(FE_ALL_EXCEPT); r = fma(one + 0x1p-52, one - 0x1p-52, -one); printf("%a %x\n", r, fetestexcept(FE_ALL_EXCEPT));
	printf("%g %g %g %d\n", fmin(zero, -zero), fmax(NAN, one), copysign(three, -zero), NAN < one);
	printf("[%f] [%10.3e] [%g] [%.0f] [%a] [%g] [%g]\n", 3.14159, 123456.789, 1e-5, 2.5, 0.1, strtod("1e308", NULL) * 10, strtod("-4.9e-324", NULL));
	return 0;
}
