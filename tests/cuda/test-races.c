/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/emulation/race.h"
#include "tests/cuda/racing.h"

#include <glib.h>

/* Planted races are found, in both orders of blocks and threads, and right kernels are not accused. */

typedef struct
{
  const char *name;
  Racing      racing;
} Case;

static const Case wrong[] = {
  { "no-barrier", RACING_NO_BARRIER },
  { "write-after", RACING_WRITE_AFTER },
  { "writes", RACING_WRITES },
  { "half-barrier", RACING_HALF_BARRIER },
  { "shuffle", RACING_SHUFFLE },
  { "byte", RACING_BYTE },
  { "unset", RACING_UNSET },
  { "blocks-write", RACING_BLOCKS_WRITE },
  { "blocks-read", RACING_BLOCKS_READ },
  { "plain-read", RACING_PLAIN_READ },
  { "plain-write", RACING_PLAIN_WRITE },
};

static const Case right[] = {
  { "barrier", RIGHT_BARRIER }, { "warp", RIGHT_WARP },     { "halves", RIGHT_HALVES },
  { "blocks", RIGHT_BLOCKS },   { "atomic", RIGHT_ATOMIC },
};

static guint
count_races (Racing racing, SagEmulationOrder order)
{
  guint32 words[256] = { 0 };

  sag_race_forget ();
  sag_emulation_set_order (order);
  g_assert_cmpint (racing_launch (racing, words), ==, 0);
  return sag_race_count ();
}

static void
test_wrong (gconstpointer data)
{
  const Case *c = data;

  g_assert_cmpuint (count_races (c->racing, SAG_EMULATION_RISING), >, 0);
  g_assert_cmpuint (count_races (c->racing, SAG_EMULATION_FALLING), >, 0);
}

static void
test_right (gconstpointer data)
{
  const Case *c = data;

  g_assert_cmpuint (count_races (c->racing, SAG_EMULATION_RISING), ==, 0);
  g_assert_cmpuint (count_races (c->racing, SAG_EMULATION_FALLING), ==, 0);
}

static void
test_told (void)
{
  if (g_test_subprocess ())
    {
      count_races (RACING_BLOCKS_READ, SAG_EMULATION_RISING);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (
    "*kernel race, block 1, thread 0: race: reads global memory*block 0 writes*");
}

/* Volatile accesses are no race, but what is added between them is lost. */
static void
test_yields (void)
{
  guint32 plain = 0, torn = 0, atomic = 0;

  sag_race_forget ();
  racing_count (FALSE, &plain);
  sag_race_set_yields (1);
  racing_count (FALSE, &torn);
  racing_count (TRUE, &atomic);
  sag_race_set_yields (0);
  g_assert_cmpuint (sag_race_count (), ==, 0);
  g_assert_cmpuint (plain, ==, 64);
  g_assert_cmpuint (torn, <, 64);
  g_assert_cmpuint (atomic, ==, 64);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *path = g_strconcat ("/cuda/races/wrong/", wrong[i].name, NULL);

      g_test_add_data_func (path, &wrong[i], test_wrong);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (right); i++)
    {
      g_autofree char *path = g_strconcat ("/cuda/races/right/", right[i].name, NULL);

      g_test_add_data_func (path, &right[i], test_right);
    }
  g_test_add_func ("/cuda/races/told", test_told);
  g_test_add_func ("/cuda/races/yields", test_yields);
  return g_test_run ();
}
