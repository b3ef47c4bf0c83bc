/* SPDX-License-Identifier: Apache-2.0 */
#include "model/register/register-private.h"

#include "model/core/error.h"

#include <math.h>

/* Starts: the lungs' middles or tops on each other, moved up or down by less than two vertebrae, and turned a
 * little. */
#define START_SHIFT_MM 24
#define START_TURN (8 * G_PI / 180)

/* How many of a level's best go on to the next. */
static const guint n_kept[SAG_REGISTER_N_LEVELS] = { 6, 2, 1 };
static const guint n_points[SAG_REGISTER_N_LEVELS] = { 6000, 25000, 120000 };
static const guint n_steps[SAG_REGISTER_N_LEVELS] = { 25, 30, 40 };

/* Bones of two patients that were aligned as well as can be correlate less, and lie further apart. */
#define GOOD_CORRELATION 0.85
#define GOOD_MISFIT_MM 1.5
#define POOR_CORRELATION 0.65
#define POOR_MISFIT_MM 3
#define LEAST_OVERLAP 0.4

typedef struct
{
  SagRigid rigid;
  double   cost;
} Try;

static int
compare_tries (gconstpointer a, gconstpointer b)
{
  const Try *x = a, *y = b;

  return (x->cost > y->cost) - (x->cost < y->cost);
}

static GArray *
find_starts (const SagRegisterScan *current, const SagRegisterScan *prior)
{
  GArray *tries = g_array_new (FALSE, FALSE, sizeof (Try));
  double  shift[3], tops = prior->top_mm - current->top_mm, middles;

  for (guint a = 0; a < 3; a++)
    shift[a] = prior->centre_mm[a] - current->centre_mm[a];
  middles = shift[2];
  for (int up = -1; up <= 2; up++)
    for (int turn = -3; turn <= 3; turn++)
      {
        double step[6] = { 0 };
        Try    start = { .cost = 1 };

        shift[2] = up == 2 ? tops : middles + up * START_SHIFT_MM;
        if (turn != 0)
          step[ABS (turn) - 1] = turn > 0 ? START_TURN : -START_TURN;
        start.rigid = sag_rigid_init (current->centre_mm, shift);
        start.rigid = sag_rigid_step (&start.rigid, step);
        g_array_append_val (tries, start);
      }
  return tries;
}

/* The best of all starts. */
static SagRigid
search (const SagRegisterScan *current,
        const SagRegisterScan *prior,
        const GArray          *points,
        GCancellable          *cancellable)
{
  g_autoptr (GArray) tries = find_starts (current, prior);

  for (guint level = 0; level < SAG_REGISTER_N_LEVELS; level++)
    {
      for (guint t = 0; t < tries->len; t++)
        {
          Try *try = &g_array_index (tries, Try, t);

          try->cost = sag_register_fit (current, prior, points, level, n_points[level],
                                        n_steps[level], &try->rigid, cancellable);
        }
      g_array_sort (tries, compare_tries);
      g_array_set_size (tries, MIN (tries->len, n_kept[level]));
    }
  return g_array_index (tries, Try, 0).rigid;
}

static void
fill_in (const SagRigid *rigid, SagRegistration *registration)
{
  sag_rigid_to_matrix (rigid, registration->current_to_prior);
  for (guint a = 0; a < 3; a++)
    {
      registration->prior_to_current[a][3] = 0;
      for (guint b = 0; b < 3; b++)
        {
          registration->prior_to_current[a][b] = rigid->turn[b][a];
          registration->prior_to_current[a][3] -=
            rigid->turn[b][a] * registration->current_to_prior[b][3];
        }
    }
  registration->turn_degrees = sag_rigid_angle_degrees (rigid);
  registration->shift_mm =
    sqrt (rigid->shift[0] * rigid->shift[0] + rigid->shift[1] * rigid->shift[1] +
          rigid->shift[2] * rigid->shift[2]);
}

static gboolean
fail (GError **error, const char *why)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "The scans could not be aligned: %s.", why);
  return FALSE;
}

gboolean
sag_register (SagVolume       *current,
              SagVolume       *prior,
              SagRegistration *registration,
              GCancellable    *cancellable,
              GError         **error)
{
  g_autoptr (SagRegisterScan) to = NULL;
  g_autoptr (SagRegisterScan) from = NULL;
  g_autoptr (GArray) points = NULL;
  SagRigid rigid;

  g_return_val_if_fail (current != NULL && prior != NULL && registration != NULL, FALSE);

  *registration = (SagRegistration){ 0 };
  to = sag_register_scan_new (current, cancellable, error);
  from = to != NULL ? sag_register_scan_new (prior, cancellable, error) : NULL;
  if (from == NULL)
    return FALSE;
  points = sag_register_points (to);
  rigid = search (to, from, points, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!sag_register_judge (to, from, points, &rigid, registration))
    return fail (error, "too few bones are in both");
  fill_in (&rigid, registration);
  if (registration->overlap < LEAST_OVERLAP)
    return fail (error, "they show too little of the same anatomy");
  if (registration->correlation < POOR_CORRELATION || registration->misfit_mm > POOR_MISFIT_MM)
    return fail (error, "the bones of one do not fit the other; are they of the same patient");
  registration->verdict =
    registration->correlation >= GOOD_CORRELATION && registration->misfit_mm <= GOOD_MISFIT_MM
      ? SAG_REGISTER_GOOD
      : SAG_REGISTER_DOUBTFUL;
  return TRUE;
}
