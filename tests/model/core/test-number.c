/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/number.h"

#include <locale.h>
#include <math.h>

static void
test_shortest (void)
{
  char buffer[SAG_NUMBER_BUFFER];

  g_assert_cmpstr (sag_number_format (0.9, buffer), ==, "0.9");
  g_assert_cmpstr (sag_number_format (-12.25, buffer), ==, "-12.25");
  g_assert_cmpstr (sag_number_format (1e300, buffer), ==, "1e+300");
  g_assert_cmpstr (sag_number_format (123456789, buffer), ==, "123456789");
  g_assert_cmpstr (sag_number_format_float (0.1f, buffer), ==, "0.1");
  g_assert_cmpstr (sag_number_format (NAN, buffer), ==, "nan");
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  char buffer[SAG_NUMBER_BUFFER];

  for (int i = 0; i < 20000; i++)
    {
      double value =
        ldexp (g_rand_double_range (random, -1, 1), g_rand_int_range (random, -60, 60));
      double back;

      g_assert_true (sag_number_parse (sag_number_format (value, buffer), &back));
      g_assert_true (back == value);
      g_assert_true (sag_number_parse (sag_number_format_float ((float) value, buffer), &back));
      g_assert_true ((float) back == (float) value);
    }
}

static void
test_locale (void)
{
  char   buffer[SAG_NUMBER_BUFFER];
  double value;

  if (setlocale (LC_ALL, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("no German locale here");
      return;
    }
  g_assert_cmpstr (sag_number_format (2.5, buffer), ==, "2.5");
  g_assert_true (sag_number_parse ("2.5", &value) && value == 2.5);
  g_assert_false (sag_number_parse ("2,5", &value));
  setlocale (LC_ALL, "C");
}

static void
test_refused (void)
{
  static const char *const bad[] = { "", " ", "1x", "nan", "inf", "1e999", "--1" };
  double                   value = 42;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (sag_number_parse (bad[i], &value));
  g_assert_cmpfloat (value, ==, 42);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/number/shortest", test_shortest);
  g_test_add_func ("/core/number/round-trip", test_round_trip);
  g_test_add_func ("/core/number/locale", test_locale);
  g_test_add_func ("/core/number/refused", test_refused);
  return g_test_run ();
}
