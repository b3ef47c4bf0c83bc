/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/phantom.h"
#include "model/prepare/lungs.h"
#include "model/prepare/prepared.h"
#include "model/prepare/standard-run.h"
#include "model/volume/nifti.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Times the preparation of a scan, stage by stage, for both recipes: a phantom of 512 x 512 x 275
 * voxels, 0.7 x 0.7 x 1 mm, or the file that is named. Prints medians over the repeats; user time
 * is of all threads, so it forgives busy neighbours.
 */

typedef struct
{
  SagVolume  *volume;
  SagRecipe   recipe;
  SagStandard standard;
} Case;

typedef void (*StageFunc) (Case *c);

static int    n_repeats = 7;
static double spacing_z = 1;

static const GOptionEntry entries[] = {
  { "repeats", 0, 0, G_OPTION_ARG_INT, &n_repeats, "Repeats", "N" },
  { "slice", 0, 0, G_OPTION_ARG_DOUBLE, &spacing_z, "The phantom's slice spacing", "MM" },
  { NULL },
};

static double
user_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_utime.tv_sec * 1e3 + (double) usage.ru_utime.tv_usec / 1e3;
}

static double
system_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_stime.tv_sec * 1e3 + (double) usage.ru_stime.tv_usec / 1e3;
}

static void
plan (Case *c)
{
  gboolean done = c->recipe.kind == SAG_RECIPE_PAPER
                    ? sag_standard_paper (&c->standard, c->volume, &c->recipe, NULL, NULL, NULL)
                    : sag_standard_upstream (&c->standard, c->volume, &c->recipe, NULL, NULL, NULL);

  g_assert_true (done);
}

static void
make_input (Case *c)
{
  free (sag_standard_make_input (&c->standard, &c->recipe, c->standard.box_start, NULL, NULL));
}

static void
make_volume (Case *c)
{
  sag_volume_unref (sag_standard_make_volume (&c->standard, NULL, NULL));
}

static void
find_lungs (Case *c)
{
  sag_lungs_free (sag_lungs_segment (c->volume, NULL, NULL));
}

static void
everything (Case *c)
{
  g_autoptr (SagPrepared) prepared = sag_prepare (c->volume, &c->recipe, NULL, NULL, NULL);

  g_assert_nonnull (prepared);
}

static int
compare (const void *a, const void *b)
{
  double difference = *(const double *) a - *(const double *) b;

  return (difference > 0) - (difference < 0);
}

static double
median (double *values)
{
  qsort (values, n_repeats, sizeof (double), compare);
  return values[n_repeats / 2];
}

static void
time_stage (const char *name, StageFunc stage, Case *c)
{
  g_autofree double *wall = g_new (double, n_repeats), *user = g_new (double, n_repeats);
  g_autofree double *system = g_new (double, n_repeats);

  for (int r = 0; r < n_repeats; r++)
    {
      gint64 start = g_get_monotonic_time ();
      double user_start = user_ms (), system_start = system_ms ();

      stage (c);
      wall[r] = (double) (g_get_monotonic_time () - start) / 1000;
      user[r] = user_ms () - user_start;
      system[r] = system_ms () - system_start;
    }
  g_print ("%-9s %-22s %7.1f ms, user %7.1f, system %6.1f\n",
           c->recipe.kind == SAG_RECIPE_PAPER ? "paper" : "upstream", name, median (wall),
           median (user), median (system));
}

/* The middle 512 x 512 x 275 voxels of a phantom, air where it is smaller. */
static SagVolume *
phantom_new (void)
{
  SagPhantomOptions options = { .orientation = "LPS", .spacing_mm = { 0.7, 0.7, spacing_z } };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  SagGeometry   grid = *sag_volume_get_geometry (phantom->image);
  const gint32  dims[3] = { 512, 512, 275 };
  const gint16 *from = sag_volume_get_int16 (phantom->image);
  gint16       *voxels = g_new (gint16, (gsize) dims[0] * dims[1] * dims[2]), *out = voxels;
  gint32        low[3];
  double        corner[3], origin[3];

  for (int a = 0; a < 3; a++)
    corner[a] = low[a] = (grid.dims[a] - dims[a]) / 2;
  sag_geometry_to_ras (&grid, corner, origin);
  for (gint32 k = low[2]; k < low[2] + dims[2]; k++)
    for (gint32 j = low[1]; j < low[1] + dims[1]; j++)
      for (gint32 i = low[0]; i < low[0] + dims[0]; i++)
        {
          gboolean inside =
            i >= 0 && i < grid.dims[0] && j >= 0 && j < grid.dims[1] && k >= 0 && k < grid.dims[2];

          *out++ = inside ? from[i + grid.dims[0] * (j + (gsize) grid.dims[1] * k)] : -1000;
        }
  for (int a = 0; a < 3; a++)
    {
      grid.dims[a] = dims[a];
      grid.ijk_to_ras[a][3] = origin[a];
    }
  return sag_volume_new_int16 (&grid, voxels);
}

static void
time_recipe (SagVolume *volume, SagRecipeKind kind)
{
  Case c = {
    .volume = volume,
    .recipe = {
      .kind = kind,
      .box_mm = { 384, 320, 256 },
      .train_box_mm = { 416, 336, 256 },
      .input = { 256, 160, 128 },
    },
  };

  time_stage ("lungs", find_lungs, &c);
  time_stage ("body and box", plan, &c);
  time_stage ("resample and average", make_input, &c);
  time_stage ("standardised volume", make_volume, &c);
  time_stage ("sag_prepare", everything, &c);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("[SCAN]");
  g_autoptr (SagVolume) volume = NULL;
  const gint32 *dims;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || n_repeats < 1)
    g_error ("%s", error != NULL ? error->message : "at least one repeat");
  volume = argc > 1 ? sag_nifti_load (argv[1], NULL, NULL, NULL, &error) : phantom_new ();
  if (volume == NULL)
    g_error ("%s", error->message);
  dims = sag_volume_get_geometry (volume)->dims;
  g_print ("%d x %d x %d voxels\n", dims[0], dims[1], dims[2]);
  time_recipe (volume, SAG_RECIPE_UPSTREAM);
  time_recipe (volume, SAG_RECIPE_PAPER);
  return 0;
}
