/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/faults.h"

#include <glib.h>
#include <math.h>

/* The emulation catches what it says that it catches. */

#define SHARED (64 * sizeof (float))

static int
n_wrong (Fault fault, SagEmulationOrder order)
{
  float out[64];
  int   n = 0;

  sag_emulation_set_order (order);
  g_assert_cmpint (fault_launch (fault, SHARED, out), ==, 0);
  for (int i = 0; i < 64; i++)
    n += !(out[i] == (i + 1) % 64);
  return n;
}

static void
test_right (void)
{
  g_assert_cmpint (n_wrong (FAULT_NONE, SAG_EMULATION_RISING), ==, 0);
  g_assert_cmpint (n_wrong (FAULT_NONE, SAG_EMULATION_FALLING), ==, 0);
}

static void
test_no_barrier (void)
{
  g_assert_cmpint (n_wrong (FAULT_NO_BARRIER, SAG_EMULATION_RISING), >, 0);
}

static void
test_unset (void)
{
  g_assert_cmpint (n_wrong (FAULT_UNSET, SAG_EMULATION_RISING), ==, 1);
}

static void
test_dies (gconstpointer fault)
{
  static const char *const sentences[] = {
    [FAULT_DIVERGENT] = "*kernel faulty*left*barrier*",
    [FAULT_HALF_WARP] = "*kernel faulty*warp*",
    [FAULT_BARRIERS] = "*kernel faulty*another barrier*",
    [FAULT_FUNCTIONS] = "*kernel faulty*another warp function*",
    [FAULT_NO_WAIT] = "*kernel faulty*copies on their way*",
  };
  float out[64];

  if (g_test_subprocess ())
    {
      fault_launch (GPOINTER_TO_INT (fault), SHARED, out);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr (sentences[GPOINTER_TO_INT (fault)]);
}

/* Shared memory of a launch is not a byte longer than was asked for; only AddressSanitizer sees it. */
static void
test_beyond (void)
{
#ifdef __SANITIZE_ADDRESS__
  float out[64];

  if (g_test_subprocess ())
    {
      fault_launch (FAULT_BEYOND, SHARED, out);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*heap-buffer-overflow*");
#else
  g_test_skip ("needs AddressSanitizer");
#endif
}

/* More than the smallest supported card has is an error code, as on that card. */
static void
test_limits (void)
{
  float out[64];

  g_assert_cmpint (fault_launch (FAULT_NONE, 64 * 1024, out), ==, 0);
  g_assert_cmpint (fault_launch (FAULT_NONE, 64 * 1024 + 1, out), !=, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cuda/emulation/right", test_right);
  g_test_add_func ("/cuda/emulation/no-barrier", test_no_barrier);
  g_test_add_func ("/cuda/emulation/unset", test_unset);
  g_test_add_data_func ("/cuda/emulation/divergent", GINT_TO_POINTER (FAULT_DIVERGENT), test_dies);
  g_test_add_data_func ("/cuda/emulation/half-warp", GINT_TO_POINTER (FAULT_HALF_WARP), test_dies);
  g_test_add_data_func ("/cuda/emulation/barriers", GINT_TO_POINTER (FAULT_BARRIERS), test_dies);
  g_test_add_data_func ("/cuda/emulation/functions", GINT_TO_POINTER (FAULT_FUNCTIONS), test_dies);
  g_test_add_data_func ("/cuda/emulation/no-wait", GINT_TO_POINTER (FAULT_NO_WAIT), test_dies);
  g_test_add_func ("/cuda/emulation/beyond", test_beyond);
  g_test_add_func ("/cuda/emulation/limits", test_limits);
  return g_test_run ();
}
