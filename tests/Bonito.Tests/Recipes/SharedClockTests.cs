using Bonito.Recipes;

namespace Bonito.Tests.Recipes;

public sealed class SharedClockTests
{
    [Fact]
    public void Time_is_split_evenly_between_the_tasks_in_flight()
    {
        double time = 100;
        SharedClock clock = new(() => time);
        double first = clock.Enter(1);
        time += 2;
        double others = clock.Enter(2);
        time += 3;
        Assert.Equal(2 + 1, clock.Leave(first), 9);
        time += 4;
        Assert.Equal(1 + 2, clock.Leave(others), 9);
        time += 5;
        Assert.Equal(1 + 2 + 5, clock.Leave(others), 9);
    }

    [Fact]
    public void Time_without_tasks_is_nobodys()
    {
        double time = 0;
        SharedClock clock = new(() => time);
        clock.Leave(clock.Enter(1));
        time += 10;
        double entered = clock.Enter(1);
        time += 1;
        Assert.Equal(1, clock.Leave(entered), 9);
    }
}
