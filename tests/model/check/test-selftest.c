/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/create.h"
#include "model/check/machine.h"
#include "model/check/parity.h"
#include "model/check/selftest.h"
#include "model/cpu/cpu.h"

#include <string.h>

static void
row_cb (const SagSelftestRow *row, gpointer user_data)
{
  GString *ids = user_data;

  g_test_message ("%s %s: %s %s", sag_selftest_state_to_string (row->state), row->title,
                  row->detail, row->advice != NULL ? row->advice : "");
  g_assert_cmpstr (row->detail, !=, "");
  g_string_append_printf (ids, "%s%s ", row->id, row->state == SAG_SELFTEST_FAILED ? "!" : "");
}

static void
test_all (void)
{
  g_autoptr (GString) ids = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (3, &error);

  g_assert_no_error (error);
  g_assert_true (sag_selftest_run (bundle, 1, row_cb, ids, NULL));
  g_assert_cmpstr (ids->str, ==, "processor memory catalogue bundle cpu golden gpu ");
}

static void
test_cancelled (void)
{
  g_autoptr (GString) ids = g_string_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_false (sag_selftest_run (NULL, 1, row_cb, ids, cancellable));
  g_assert_null (strstr (ids->str, "cpu"));
}

/* The known answers are those of one bundle: another one's are far off, so the check can fail. */
static void
test_golden_tells (void)
{
  const SagEngineOptions options = { .n_threads = 1 };
  g_autoptr (GError) error = NULL;
  SagParity golden = sag_parity_golden (), parity;

  for (guint64 seed = SAG_PARITY_SEED; seed < SAG_PARITY_SEED + 2; seed++)
    {
      g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (seed, &error);

      g_assert_no_error (error);
      g_assert_true (
        sag_parity_ask (sag_cpu_get_table (), &options, bundle, &parity, NULL, &error));
      if (seed == SAG_PARITY_SEED)
        g_assert_cmpfloat (sag_parity_difference (&parity, &golden), <, 1e-4);
      else
        g_assert_cmpfloat (sag_parity_difference (&parity, &golden), >, 0.1);
    }
}

static void
test_machine (void)
{
  SagMachine machine;

  sag_machine_init (&machine);
  g_assert_cmpuint (machine.n_processors, >=, 1);
  g_assert_cmpuint (machine.free_bytes, <=, machine.memory_bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/check/selftest/all", test_all);
  g_test_add_func ("/check/selftest/cancelled", test_cancelled);
  g_test_add_func ("/check/selftest/golden-tells", test_golden_tells);
  g_test_add_func ("/check/selftest/machine", test_machine);
  return g_test_run ();
}
