/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/test-kernels.h"

#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/emulation/race.h"

#include <glib.h>

static const char *const kernels[] = {
#include "tests/cuda/kernels.inc"
};

/* The last test: every kernel that a file of cuda/ launches has run, in all the tests before. */
static void
test_covered (void)
{
  gsize n = sag_emulation_n_kernels (true);

  for (gsize i = 0; i < G_N_ELEMENTS (kernels); i++)
    if (!sag_emulation_was_launched (kernels[i]))
      g_error ("no test launches the kernel %s", kernels[i]);
  g_test_message ("%zu kernels of %zu ran on the processor, made for %zu types and sizes", n,
                  G_N_ELEMENTS (kernels), sag_emulation_n_kernels (false));
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (kernels));
}

/* Compiled with -fsanitize=thread no kernel of all the tests before raced. */
static void
test_races (void)
{
#ifdef SAG_RACES
  g_assert_cmpuint (sag_race_count (), ==, 0);
#else
  g_test_skip ("the kernels were not compiled for it");
#endif
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#ifdef SAG_RACES
  sag_race_set_yields (1);
#endif
  add_convert_tests ();
  add_vision_tests ();
  add_gemm_tests ();
  add_text_tests ();
  add_answer_tests ();
  add_prepare_tests ();
  add_resample_tests ();
  g_test_add_func ("/cuda/covered", test_covered);
  g_test_add_func ("/cuda/races", test_races);
  return g_test_run ();
}
